import Embeddings
import ModelFiles
import Tensors
import Vectors

/// What made a file of vectors, kept beside it as `FILE.json`: a whole NumPy file is used with the
/// same model and texts only, and only a run like the one that began a part continues it.
struct VectorsRecord {
  /// The folder of the model, which need not be the same later.
  let model: String
  let prompt: String
  let precision: String
  let maximumLength: Int?
  /// Of a part: the other options that change a byte of it, and their values.
  let options: [String: String]
  /// Of a whole file.
  let contents: Contents?
  /// The vector of a text that is always the same: what distinguishes models, whatever their
  /// names.
  let probe: [Float]

  /// Hashes, so that other texts or vectors are noticed.
  struct Contents {
    let rows: Int
    /// Of the texts and their order.
    let texts: String
    /// Of some of the vectors.
    let vectors: String
  }

  // Another machine or build rounds otherwise, which makes 1e-6; another model makes 0.1 and more.
  private static let tolerance: Float = 1e-3
  private static let probeText = "The vector of this text tells which model made it."

  /// Records the options of a part, or the texts and vectors of a whole file.
  init(
    _ embedder: Embedder, _ route: Route, _ model: ModelOptions,
    options: [String: String] = [:], contents: (texts: [[UInt8]], vectors: Matrix)? = nil
  ) throws {
    self.model = embedder.model.folder.path
    self.prompt = String(decoding: route.prompt, as: UTF8.self)
    precision = model.precision.rawValue
    maximumLength = model.maxLength
    self.options = options
    self.contents = contents.map { texts, vectors in
      Contents(
        rows: texts.count, texts: Fingerprint(texts).text, vectors: Fingerprint(vectors).text)
    }
    let probe = try route.encoding(of: Array(Self.probeText.utf8))
    self.probe = try embedder.vectors(of: [probe], by: route)[0]
  }

  /// The path of the record of a file.
  static func path(beside file: String) -> String { file + ".json" }

  /// Reads the record beside a file; errors end with `remedy`.
  private init(beside file: String, remedy: String) throws {
    let path = Self.path(beside: file)
    guard try fileExists(path) else {
      throw FileError("\(path) is missing, the record of what made \(file); \(remedy)")
    }
    do {
      try self.init(JSON(file: path, limit: FileLimit.configuration))
    } catch let error as FileError {
      throw FileError("\(error); \(remedy)")
    }
  }

  private init(_ json: JSON) throws {
    model = try json.string("model")
    prompt = try json.string("prompt")
    precision = try json.string("precision")
    maximumLength = try json.present("max_length").map { try $0.int() }
    probe = try json.array("probe").elements.map { Float(try $0.double()) }
    let options = try json.present("options").map { options in
      try options.object().members.map { (try $0.key.string(), try $0.value.string()) }
    }
    self.options = Dictionary(options ?? []) { $1 }
    contents = try json.present("rows").map { rows in
      try Contents(rows: rows.int(), texts: json.string("texts"), vectors: json.string("vectors"))
    }
  }

  /// Writes the record beside a file.
  func write(beside file: String) throws {
    var fields: [(String, JSONValue)] = [
      ("model", .string(model)), ("prompt", .string(prompt)), ("precision", .string(precision)),
      ("max_length", .optional(maximumLength) { .int($0) }),
    ]
    if let contents {
      fields += [
        ("rows", .int(contents.rows)), ("dimensions", .int(probe.count)),
        ("texts", .string(contents.texts)), ("vectors", .string(contents.vectors)),
      ]
    } else {
      let options = options.sorted { $0.key < $1.key }
      fields.append(("options", .object(options.map { ($0.key, .string($0.value)) })))
    }
    fields.append(("probe", .array(probe.map { .float($0) })))
    try OutputFile.write(
      JSONValue.object(fields).line, to: Self.path(beside: file), beside: file)
  }

  /// Throws unless a run like this one began the part.
  func check(resuming part: String) throws {
    let remedy = "start again without --resume"
    let found = try VectorsRecord(beside: part, remedy: remedy)
    if let difference = found.difference(from: self) {
      throw FileError("\(part) was made with \(difference); give what it had, or \(remedy)")
    }
    guard found.probe == probe else {
      throw FileError(
        "\(part) was made with the model \(found.model), and \(model) gives other vectors here (it "
          + "is another model, or another machine or build runs it); take the one it had, or "
          + remedy)
    }
  }

  /// Throws unless the vectors of a NumPy file were made as this record says.
  /// - Parameter texts: whether the texts are known as well
  func check(vectors path: String, _ matrix: Matrix, texts: Bool) throws {
    let remedy = "make the vectors again with embed search --corpus FILE --save \(path)"
    let found = try VectorsRecord(beside: path, remedy: remedy)
    if let difference = found.difference(from: self) {
      throw FileError("\(path) was made with \(difference); \(remedy)")
    }
    guard probe.count == found.probe.count,
      zip(probe, found.probe).allSatisfy({ ($0 - $1).magnitude <= Self.tolerance })
    else {
      throw FileError(
        "\(path) was made with another model, \(found.model), not \(model); \(remedy)")
    }
    let before = found.contents
    guard let before, let now = contents, matrix.rows == before.rows, matrix.columns == probe.count
    else {
      throw FileError(
        "\(path) is \(matrix.rows) × \(matrix.columns), \(Self.path(beside: path)) records "
          + "\(before?.rows ?? 0) × \(found.probe.count); \(remedy)")
    }
    guard before.vectors == now.vectors else {
      throw FileError(
        "\(path) has other vectors than those that \(Self.path(beside: path)) records; \(remedy)")
    }
    if texts, before.texts != now.texts {
      throw FileError(
        "\(path) was made with other texts: \(before.rows) of hash \(before.texts), the corpus has "
          + "\(now.rows) of hash \(now.texts); \(remedy)")
    }
  }

  /// The first option that differs, with both values; `nil` where none does.
  private func difference(from wanted: VectorsRecord) -> String? {
    let (found, wanted) = (allOptions, wanted.allOptions)
    return Set(found.keys).union(wanted.keys).sorted().lazy
      .filter { found[$0] != wanted[$0] }
      .map { "\($0) \(found[$0] ?? "unset"), this run has \(wanted[$0] ?? "unset")" }.first
  }

  private var allOptions: [String: String] {
    var all = options
    if !prompt.isEmpty { all["prompt"] = "`\(prompt)`" }
    all["--precision"] = precision
    all["--max-length"] = maximumLength.map(String.init)
    return all
  }
}

/// FNV-1a (Fowler, Noll and Vo) over runs of bytes, each with its length before it: finds
/// what was mixed up, not what was made to look the same.
struct Fingerprint {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  // All numbers of a large file take longer to add up than to search.
  private static let (hashedRows, hashedColumns) = (1024, 4096)

  init(_ texts: [[UInt8]]) { for text in texts { text.withUnsafeBytes { add($0) } } }

  init(_ ranges: ColumnRanges) {
    for bounds in [ranges.minimum, ranges.maximum] { bounds.withUnsafeBytes { add($0) } }
  }

  /// Of rows at equal distances, the first and the last among them.
  init(_ matrix: Matrix) {
    let (last, count) = (matrix.rows - 1, min(matrix.rows, Self.hashedRows))
    let steps = max(count - 1, 1)
    for step in 0..<count {
      matrix.withRow(last / steps * step + last % steps * step / steps) { row in
        let first = UnsafeBufferPointer(rebasing: row.prefix(Self.hashedColumns))
        add(UnsafeRawBufferPointer(first))
      }
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: bytes.count >> shift))
    }
    for byte in bytes { add(byte) }
  }

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// 16 digits.
  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Matrix {
  /// Writes a NumPy file and, once that is whole, the record of what made it.
  func save(to path: String, _ record: VectorsRecord) throws {
    let output = try OutputFile(path)
    try output.write(NumPyHeader(dimensions: columns).bytes(rows: rows))
    try tensor.withFloats { try output.write(UnsafeRawBufferPointer($0)) }
    // The longest step comes before the one that would leave older vectors without their record.
    try output.reachDisk()
    // An older record must not be beside the new vectors, should the run end here.
    try removeFile(VectorsRecord.path(beside: path))
    try output.finish()
    try record.write(beside: path)
  }
}
