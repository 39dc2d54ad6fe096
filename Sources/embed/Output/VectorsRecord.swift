import Embeddings
import ModelFiles
import Tensors
import Vectors

/// What made a file of vectors, kept beside it as `FILE.json`: a whole NumPy file is used with the
/// same model and texts only, and only a run like the one that began a part continues it.
struct VectorsRecord {
  /// The folder of the model, which need not be the same later.
  let model: String
  /// The kind of vectors.
  let kind: ModelKind
  let prompt: String
  let precision: String
  let maximumLength: Int?
  /// The other options that change a byte of a part, or a vector of a whole file, and their values.
  let options: [String: String]
  /// Of a whole file.
  let contents: Contents?
  /// How its vectors are in fewer bits.
  let quantization: QuantizationRecord?
  /// The vector of a text that is always the same: what distinguishes models, whatever their
  /// names.
  let probe: [Float]

  /// Hashes, so that other texts or vectors are noticed.
  struct Contents {
    let rows: Int
    /// The numbers in a vector.
    let columns: Int
    /// Of the texts and their order.
    let texts: String
    /// Of some of the vectors.
    let vectors: String

    /// - Parameters:
    ///   - rows: as many as there are texts
    ///   - columns: the numbers in a vector
    init(rows: Int, columns: Int, texts: Fingerprint, vectors: Fingerprint) {
      (self.rows, self.columns) = (rows, columns)
      (self.texts, self.vectors) = (texts.text, vectors.text)
    }

    init(_ texts: [[UInt8]], _ vectors: Results) {
      self.init(
        rows: texts.count, columns: vectors.columns, texts: Fingerprint(texts),
        vectors: Fingerprint(vectors))
    }

    init(_ texts: [[UInt8]], _ vectors: StoredVectors) {
      self.init(
        rows: texts.count, columns: vectors.columns, texts: Fingerprint(texts),
        vectors: vectors.fingerprint)
    }

    fileprivate init(_ json: JSON) throws {
      (rows, columns) = (try json.int("rows"), try json.int("dimensions"))
      (texts, vectors) = (try json.string("texts"), try json.string("vectors"))
    }
  }

  // Another machine or build rounds otherwise, which makes 1e-6; another model makes 0.1 and more.
  static let tolerance: Float = 1e-3
  private static let probeText = "The vector of this text tells which model made it."

  /// Records the options of a part, or those of a whole file and its texts and vectors.
  init(
    _ vectorModel: VectorModel, _ route: Route, _ options: ModelOptions,
    options others: [String: String] = [:], contents: Contents? = nil,
    quantization: QuantizationRecord? = nil
  ) throws {
    model = vectorModel.model.folder.path
    kind = vectorModel.kind
    prompt = String(decoding: route.prompt, as: UTF8.self)
    precision = options.precision.rawValue
    maximumLength = options.maxLength
    self.options = others
    (self.contents, self.quantization) = (contents, quantization)
    let probe = try route.encoding(of: Array(Self.probeText.utf8))
    self.probe = try vectorModel.results(of: [probe], by: route).probe
  }

  /// The path of the record of a file.
  static func path(beside file: String) -> String { file + ".json" }

  /// Reads the record beside a file; errors end with `remedy`.
  init(beside file: String, remedy: String) throws {
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
    let name = try json.present("type")?.string() ?? ModelKind.dense.rawValue
    guard let kind = ModelKind(rawValue: name) else {
      throw FileError("\(json.name): `type` is `\(name)`, which is no kind of vectors")
    }
    self.kind = kind
    prompt = try json.string("prompt")
    precision = try json.string("precision")
    maximumLength = try json.present("max_length").map { try $0.int() }
    probe = try json.array("probe").elements.map { Float(try $0.double()) }
    let options = try json.present("options").map { options in
      try options.object().members.map { (try $0.key.string(), try $0.value.string()) }
    }
    self.options = Dictionary(options ?? []) { $1 }
    contents = try json.present("rows").map { _ in try Contents(json) }
    quantization = try json.present("quantize").map { _ in try QuantizationRecord(json) }
  }

  /// Writes the record beside a file.
  func write(beside file: String) throws {
    var fields: [(String, JSONValue)] = [
      ("model", .string(model)), ("prompt", .string(prompt)), ("precision", .string(precision)),
      ("max_length", .optional(maximumLength) { .int($0) }),
    ]
    if kind != .dense { fields.insert(("type", .string(kind.rawValue)), at: 1) }
    if let contents {
      fields += [
        ("rows", .int(contents.rows)), ("dimensions", .int(contents.columns)),
        ("texts", .string(contents.texts)), ("vectors", .string(contents.vectors)),
      ]
    }
    fields += quantization?.fields ?? []
    if contents == nil || !options.isEmpty {
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
    if let difference = found.difference(from: self, found.options, options) {
      throw FileError("\(part) was made with \(difference); give what it had, or \(remedy)")
    }
    guard found.probe == probe else {
      throw FileError(
        "\(part) was made with the model \(found.model), and \(model) gives other vectors here (it "
          + "is another model, or another machine or build runs it); take the one it had, or "
          + remedy)
    }
  }

  /// The first option that differs, with both values; `nil` where none does.
  /// - Parameters:
  ///   - own: this record's options beside those of the model
  ///   - others: the other's
  func difference(
    from wanted: VectorsRecord, _ own: [String: String] = [:], _ others: [String: String] = [:]
  ) -> String? {
    let found = own.merging(modelOptions) { $1 }
    let wanted = others.merging(wanted.modelOptions) { $1 }
    return Set(found.keys).union(wanted.keys).sorted().lazy
      .filter { found[$0] != wanted[$0] }
      .map { "\($0) \(found[$0] ?? "unset"), this run has \(wanted[$0] ?? "unset")" }.first
  }

  private var modelOptions: [String: String] {
    var all: [String: String] = [:]
    if !prompt.isEmpty { all["prompt"] = "`\(prompt)`" }
    all["--type"] = kind.rawValue
    all["--precision"] = precision
    all["--max-length"] = maximumLength.map(String.init)
    return all
  }
}
