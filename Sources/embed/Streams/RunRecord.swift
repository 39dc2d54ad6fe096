import ModelFiles

/// What made a part, kept beside it as `PART.json`, so that only a run like it goes on from there.
struct RunRecord: Equatable {
  /// Where the model lies, which it need not when the run goes on.
  let model: String
  /// What a text that is always the same comes to, to the bit: another model, machine or build
  /// gives something else.
  let vectors: String
  /// What was asked for: each option that changes a byte of the output, and its value.
  let options: [String: String]

  private static func path(of part: String) -> String { part + ".json" }

  init(model: String, vectors: String, options: [String: String]) {
    (self.model, self.vectors, self.options) = (model, vectors, options)
  }

  /// Reads the record beside a part.
  init(beside part: String) throws {
    let path = Self.path(of: part)
    guard fileExists(path) else {
      throw FileError(
        "\(part): \(path) is missing, which says what made it; begin anew without --resume")
    }
    let json = try JSON(file: path, limit: FileLimit.configuration)
    model = try json.string("model")
    vectors = try json.string("vectors")
    options = try Dictionary(
      json.object("options").members.map { (try $0.key.string(), try $0.value.string()) }
    ) { $1 }
  }

  func write(beside part: String) throws {
    let output = try OutputFile(Self.path(of: part))
    let options = options.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    try output.write(
      JSONValue.object([
        ("model", .string(model)), ("vectors", .string(vectors)), ("options", .object(options)),
      ]).line)
    try output.finish()
  }

  static func remove(beside part: String) throws { try removeFile(path(of: part)) }

  /// Throws unless a run like this one made the part.
  func check(_ part: String) throws {
    let found = try RunRecord(beside: part)
    let anew = "or begin anew without --resume"
    for option in Set(options.keys).union(found.options.keys).sorted()
    where options[option] != found.options[option] {
      let (before, now) = (found.options[option] ?? "unset", options[option] ?? "unset")
      throw FileError(
        "\(part) was made with \(option) \(before), this run has \(now); give what it had, \(anew)")
    }
    guard vectors == found.vectors else {
      throw FileError(
        "\(part) was made with the model \(found.model), and \(model) gives other vectors here (it "
          + "is another model, or another machine or build runs it); take the one it had, \(anew)")
    }
  }
}
