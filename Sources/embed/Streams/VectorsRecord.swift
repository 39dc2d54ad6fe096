import Embeddings
import ModelFiles
import Tensors
import Vectors

/// What made the vectors of a NumPy file, kept beside it as `FILE.npy.json`.
struct VectorsRecord {
  let model: String
  let prompt: String
  let precision: String
  let maximumLength: Int?
  let rows: Int
  /// Of the texts and their order.
  let textsHash: String
  /// Of some of the vectors, so that others in their place are noticed.
  let vectorsHash: String
  /// The vector of a text that is always the same: what tells one model from another, whatever
  /// their names.
  let probe: [Float]

  // Another machine or build rounds otherwise, which makes 1e-6; another model makes 0.1 and more.
  private static let tolerance: Float = 1e-3
  // All numbers of a large file take longer to add up than to search.
  private static let (hashedRows, hashedColumns) = (1024, 4096)
  static let probeText = "The vector of this text tells which model made it."

  init(
    _ embedder: Embedder, _ prompt: Route, _ options: ModelOptions, texts: [[UInt8]],
    _ matrix: Matrix
  ) throws {
    model = embedder.model.folder.path
    self.prompt = String(decoding: prompt.prompt, as: UTF8.self)
    precision = options.precision.rawValue
    maximumLength = options.maxLength
    rows = texts.count
    textsHash = Self.hash(texts)
    vectorsHash = Self.hash(matrix)
    probe = try embedder.finiteVectors(of: [Array(Self.probeText.utf8)], prompt) { _ in
      "the text that tells models apart"
    }.vectors[0]
  }

  /// Where the record of a NumPy file lies.
  static func path(of vectors: String) -> String { vectors + ".json" }

  /// Reads the record beside a NumPy file.
  init(beside vectors: String) throws {
    let path = Self.path(of: vectors)
    guard fileExists(path) else {
      throw FileError(
        "\(vectors): \(path) is missing, which says what made these vectors; make both with "
          + "embed search --corpus FILE --save \(vectors)")
    }
    let json = try JSON(file: path, limit: FileLimit.configuration)
    model = try json.string("model")
    prompt = try json.string("prompt")
    precision = try json.string("precision")
    maximumLength = try json.present("max_length").map { try $0.int() }
    rows = try json.int("rows")
    textsHash = try json.string("texts")
    vectorsHash = try json.string("vectors")
    probe = try json.array("probe").elements.map { Float(try $0.double()) }
  }

  var value: JSONValue {
    .object([
      ("model", .string(model)), ("prompt", .string(prompt)), ("precision", .string(precision)),
      ("max_length", .optional(maximumLength) { .int($0) }), ("rows", .int(rows)),
      ("dimensions", .int(probe.count)), ("texts", .string(textsHash)),
      ("vectors", .string(vectorsHash)),
      ("probe", .array(probe.map { .float($0) })),
    ])
  }

  /// Throws when the vectors were not made as `wanted` says.
  /// - Parameter texts: whether those are known as well
  func check(_ vectors: String, _ matrix: Matrix, against wanted: VectorsRecord, texts: Bool) throws
  {
    func refusal(_ what: String, _ found: String, _ expected: String) -> FileError {
      FileError(
        "\(vectors) was made with \(what) \(found), should be \(expected); make it again with "
          + "embed search --corpus FILE --save \(vectors)")
    }
    let isSameModel =
      probe.count == wanted.probe.count
      && zip(probe, wanted.probe).allSatisfy { ($0 - $1).magnitude <= Self.tolerance }
    if prompt != wanted.prompt { throw refusal("the prompt", "`\(prompt)`", "`\(wanted.prompt)`") }
    if precision != wanted.precision { throw refusal("precision", precision, wanted.precision) }
    if maximumLength != wanted.maximumLength {
      let (found, expected) = (maximumLength, wanted.maximumLength)
      throw refusal(
        "--max-length", found.map { "\($0)" } ?? "unset", expected.map { "\($0)" } ?? "unset")
    }
    if !isSameModel { throw refusal("another model,", model, wanted.model) }
    guard matrix.rows == rows, matrix.columns == probe.count else {
      throw FileError(
        "\(vectors) is \(matrix.rows) × \(matrix.columns), \(Self.path(of: vectors)) says "
          + "\(rows) × \(probe.count); one of them is not the other's, make both again")
    }
    guard vectorsHash == wanted.vectorsHash else {
      throw FileError(
        "\(vectors) has other vectors than \(Self.path(of: vectors)) tells of; one of them is not "
          + "the other's, make both again with embed search --corpus FILE --save \(vectors)")
    }
    if texts, textsHash != wanted.textsHash {
      throw refusal(
        "other texts:", "\(rows) of hash \(textsHash)", "\(wanted.rows) of hash \(wanted.textsHash)"
      )
    }
  }

  /// Of rows at equal distances, the first and the last among them.
  private static func hash(_ matrix: Matrix) -> String {
    var fingerprint = Fingerprint()
    let (last, count) = (matrix.rows - 1, min(matrix.rows, hashedRows))
    let steps = max(count - 1, 1)
    for step in 0..<count {
      matrix.withRow(last / steps * step + last % steps * step / steps) { row in
        let first = UnsafeBufferPointer(rebasing: row.prefix(hashedColumns))
        fingerprint.add(UnsafeRawBufferPointer(first))
      }
    }
    return fingerprint.text
  }

  private static func hash(_ texts: [[UInt8]]) -> String {
    var fingerprint = Fingerprint()
    for text in texts { text.withUnsafeBytes { fingerprint.add($0) } }
    return fingerprint.text
  }
}

extension Matrix {
  /// Writes a NumPy file and, once that is whole, the record of what made it.
  func save(to path: String, _ record: VectorsRecord) throws {
    let output = try OutputFile(path)
    guard output.part != nil else {
      throw FileError("\(path) is no file that vectors can be kept in; name one that ends in .npy")
    }
    try output.write(NumPyHeader(dimensions: columns).bytes(rows: rows))
    try tensor.withFloats { try output.write(UnsafeRawBufferPointer($0)) }
    // An older record must not be beside the new vectors, should the run end here.
    try removeFile(VectorsRecord.path(of: path))
    try output.finish()
    let sidecar = try OutputFile(VectorsRecord.path(of: path))
    try sidecar.write(record.value.line)
    try sidecar.finish()
  }
}
