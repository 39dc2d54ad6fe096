import Embeddings
import ModelFiles
import Vectors

/// What `encode` makes of a dense vector that a model gives, and a search of its queries' then too.
struct VectorTreatment: Sendable {
  /// How many of the first numbers stay; `nil` for all.
  let dimensions: Int?
  let normalizes: Bool

  init(dimensions: Int? = nil, normalizes: Bool = false) {
    (self.dimensions, self.normalizes) = (dimensions, normalizes)
  }

  init(_ options: [String: String]) {
    dimensions = options["--dimensions"].flatMap { Int($0) }
    normalizes = options["--normalize"] != nil
  }

  /// As a record has it.
  var options: [String: String] {
    var options: [String: String] = [:]
    options["--dimensions"] = dimensions.map(String.init)
    if normalizes { options["--normalize"] = "set" }
    return options
  }

  /// - Precondition: a vector has as many numbers.
  func callAsFunction(_ vectors: Matrix) -> Matrix {
    let kept = dimensions.map { vectors.firstColumns($0) } ?? vectors
    return normalizes ? kept.normalized() : kept
  }

  func callAsFunction(_ results: Results) -> Results {
    guard case .rows(let vectors) = results else { return results }
    return .rows(self(vectors))
  }
}

/// How vectors of a file are in fewer bits.
struct QuantizationRecord {
  let kind: Quantization
  /// The numbers of a vector.
  let columns: Int
  /// Of int8 and uint8.
  let ranges: ColumnRanges?

  // Longer vectors are not read.
  private static let mostColumns = 1 << 20

  init(_ kind: Quantization, columns: Int, ranges: ColumnRanges?) {
    (self.kind, self.columns, self.ranges) = (kind, columns, ranges)
  }

  /// - Parameter json: the record of a file
  init(_ json: JSON) throws {
    let name = try json.string("quantize")
    guard let kind = Quantization(rawValue: name) else {
      throw FileError("\(json.name): `quantize` is `\(name)`, which is no way to quantize")
    }
    let columns = try json.int("dimensions")
    guard 1...Self.mostColumns ~= columns else {
      throw FileError(
        "\(json.name): `dimensions` is \(columns), should be 1 to \(Self.mostColumns)")
    }
    (self.kind, self.columns) = (kind, columns)
    ranges = try kind.usesRanges ? Self.ranges(json, columns) : nil
  }

  private static func ranges(_ json: JSON, _ columns: Int) throws -> ColumnRanges {
    func bounds(_ name: String) throws -> [Float] {
      let numbers = try json.array(name).elements.map { Float(try $0.double()) }
      guard numbers.count == columns, numbers.allSatisfy(\.isFinite) else {
        throw FileError(
          "\(json.name): `\(name)` should be \(columns) numbers, one for each of a vector's")
      }
      return numbers
    }
    return ColumnRanges(minimum: try bounds("minimum"), maximum: try bounds("maximum"))
  }

  /// As a record has it, whose `dimensions` are said already.
  var fields: [(String, JSONValue)] {
    let bounds = ranges.map { [("minimum", $0.minimum), ("maximum", $0.maximum)] } ?? []
    return [("quantize", .string(kind.rawValue))]
      + bounds.map { ($0, .array($1.map { .float($0) })) }
  }
}
