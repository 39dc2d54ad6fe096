import Embeddings
import ModelFiles
import Vectors

/// What another program recorded of one row of a file.
struct RecordedRow {
  let location: RowLocation
  /// A text, or a query and a document.
  let texts: [[UInt8]]
  let ids: [Int32]?
  private let json: JSON

  init(_ row: InputRow) throws {
    texts = try row.fields.get()
    location = row.location
    guard case .object(let object) = row.source else {
      throw RowProblem(location, "not a JSON object")
    }
    json = try JSON(object.bytes, name: "\(location)")
    ids = try json.present("ids")?.array().elements.map { id in
      guard let id = Int32(exactly: try id.int()) else { throw id.mismatch("a token's id") }
      return id
    }
  }

  /// The side of a search that the text is on, where the row says it.
  func side() throws -> String? { try json.present("side")?.string() }

  /// The vector, or whatever a text is given; `nil` where none was recorded.
  func vector() throws -> RecordedVector? {
    try json.present("embedding").map(RecordedVector.init)
  }

  /// A number for each label: an array, or one number alone.
  func numbers(_ name: String) throws -> [Double]? {
    try json.present(name).map { value in
      value.kind == .array
        ? try value.array().elements.map { try $0.double() } : [try value.double()]
    }
  }
}

/// A recorded vector of any kind.
enum RecordedVector {
  case dense([Double])
  /// A vector for each token.
  case multi([[Double]])
  /// The numbers that are not 0, by their indices.
  case sparse([Int: Double])

  init(_ json: JSON) throws {
    if json.kind == .object {
      let indices = try json.array("indices").elements.map { try $0.int() }
      let values = try json.array("values").elements.map { try $0.double() }
      guard indices.count == values.count, Set(indices).count == indices.count else {
        throw FileError(
          "\(json.name): `indices` has \(indices.count) entries, `values` \(values.count); should "
            + "be as many, and no index twice")
      }
      self = .sparse(Dictionary(uniqueKeysWithValues: zip(indices, values)))
      return
    }
    let elements = try json.array().elements
    guard elements.contains(where: { $0.kind == .array }) else {
      self = .dense(try elements.map { try $0.double() })
      return
    }
    self = .multi(try elements.map { try $0.array().elements.map { try $0.double() } })
  }

  /// Its numbers beside those that a model made of the text.
  /// - Throws: where these have another shape
  func beside(
    _ results: Results, at index: Int, _ location: RowLocation
  ) throws -> [(expected: Double, found: Double)] {
    switch (self, results) {
    case (.dense(let expected), .rows(let found)):
      guard expected.count == found.columns else {
        throw FileError(
          "\(location): `embedding` has \(expected.count) numbers, the model's vectors have "
            + "\(found.columns)")
      }
      return zip(expected, found[index]).map { ($0, Double($1)) }
    case (.multi(let expected), .ragged(let found)):
      return try Self.beside(expected, found, at: index, location)
    case (.sparse(let expected), .sparse(let found)):
      let row = found[index]
      let active = Dictionary(
        zip(row.indices.map(Int.init), row.values.map(Double.init)), uniquingKeysWith: +)
      // What one of them leaves out is 0.
      return Set(expected.keys).union(active.keys).sorted().map {
        (expected[$0] ?? 0, active[$0] ?? 0)
      }
    case (.dense, _), (.multi, _), (.sparse, _):
      throw FileError(
        "\(location): `embedding` is \(described), the model gives a text \(results.described)")
    }
  }

  private static func beside(
    _ expected: [[Double]], _ found: RaggedMatrix, at index: Int, _ location: RowLocation
  ) throws -> [(expected: Double, found: Double)] {
    let rows = found[index]
    guard expected.count == rows.count else {
      throw FileError(
        "\(location): `embedding` has \(expected.count) vectors, the model gives \(rows.count)")
    }
    return try zip(expected, rows).flatMap { expected, row in
      guard expected.count == found.columns else {
        throw FileError(
          "\(location): `embedding` has a vector of \(expected.count) numbers, the model's have "
            + "\(found.columns)")
      }
      return zip(expected, found.matrix[row]).map { ($0, Double($1)) }
    }
  }

  private var described: String {
    switch self {
    case .dense: "one vector"
    case .multi: "a vector for each token"
    case .sparse: "indices and values"
    }
  }
}

extension Results {
  fileprivate var described: String {
    switch self {
    case .rows: "one vector"
    case .ragged: "a vector for each token"
    case .sparse: "indices and values"
    }
  }
}
