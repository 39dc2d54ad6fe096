import ArgumentParser
import Embeddings
import Glibc
import ModelFiles
import Tokenizers
import Vectors

/// `embed verify`: a model directory against recorded ids and vectors.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A model directory against recorded ids and vectors.",
    discussion: """
      FILE holds JSON lines of "text", and "ids" or "embedding" or both, as another program \
      computed them. A vector's difference is the largest of its components, relative to the \
      largest component recorded or to 1, whichever is larger. Exit 1 when a list of ids differs, \
      or a vector by more than the tolerance.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp("JSON lines of text, ids and embedding.", valueName: "FILE"),
    completion: .file())
  var golden: String

  @Option(help: ArgumentHelp("How far a vector may be off.", valueName: "T"))
  var tolerance: Double = 2e-5

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance must be a number, at least 0")
    }
  }

  func run() throws {
    let embedder = try model.load()
    let prompt = try prompt.prepared(embedder)
    var reader = try RowReader([golden], format: .jsonl)
    var differences = Differences()
    while true {
      let rows = try reader.next(upTo: 1024, bytes: 1 << 22)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { break }
      try differences.add(rows.map(RecordedRow.init), embedder, prompt)
    }
    let output = try OutputFile(nil)
    try output.write(json ? value(differences).line : Array(table(differences).utf8))
    try output.finish()
    if let failure = failure(differences) { throw failure }
  }

  private func table(_ found: Differences) -> String {
    var table = Table([.left, .left], header: ["rows", "\(found.rows)"])
    if found.idLists > 0 {
      table.append(["ids", "\(found.idLists - found.idsApart.count) of \(found.idLists) the same"])
    }
    if let worst = found.worst {
      table.append([
        "vectors",
        "\(found.vectors), largest difference \(shortened(worst.difference)) at \(worst.place)",
      ])
    }
    return table.text
  }

  private func value(_ found: Differences) -> JSONValue {
    .object([
      ("rows", .int(found.rows)), ("id_lists", .int(found.idLists)),
      ("id_lists_that_differ", .int(found.idsApart.count)), ("vectors", .int(found.vectors)),
      ("largest_difference", .optional(found.worst) { .float(Float($0.difference)) }),
      ("tolerance", .float(Float(tolerance))), ("holds", .bool(failure(found) == nil)),
    ])
  }

  private func failure(_ found: Differences) -> FileError? {
    guard found.idLists + found.vectors > 0 else {
      return FileError("\(golden): no row has `ids` or `embedding`; there is nothing to compare")
    }
    if let first = found.idsApart.first {
      return FileError(
        "\(first): the ids differ, here and in \(found.idsApart.count - 1) other rows; "
          + "`embed tokenize` shows them")
    }
    guard let worst = found.worst, !(worst.difference <= tolerance) else { return nil }
    return FileError(
      "\(worst.place): the vector differs by \(shortened(worst.difference)), "
        + "more than the tolerance of \(tolerance)")
  }

  /// Two digits: such numbers are compared by their size.
  private func shortened(_ number: Double) -> String {
    guard number > 0, number.isFinite else { return "\(number)" }
    let unit = pow(10, log10(number).rounded(.down) - 1)
    return "\(Float((number / unit).rounded() * unit))"
  }
}

/// A text, and what was recorded of it.
private struct RecordedRow {
  let text: [UInt8]
  let place: Place
  let ids: [Int32]?
  let embedding: [Double]?

  init(_ row: InputRow) throws {
    guard let text = row.text, case .object(let object) = row.origin else {
      throw FileError(row.problem ?? "\(row.place): not a JSON object")
    }
    let json = try JSON(object.bytes, name: "\(row.place)")
    self.text = text
    place = row.place
    ids = try json.present("ids")?.array().elements.map { id in
      guard let id = Int32(exactly: try id.int()) else { throw id.mismatch("a token's id") }
      return id
    }
    embedding = try json.present("embedding")?.array().elements.map { try $0.double() }
  }
}

/// How far what is computed lies from what was recorded.
private struct Differences {
  private(set) var rows = 0
  private(set) var idLists = 0
  /// The rows whose ids differ.
  private(set) var idsApart: [Place] = []
  private(set) var vectors = 0
  private(set) var worst: (difference: Double, place: Place)?

  mutating func add(
    _ recorded: [RecordedRow], _ embedder: Embedder, _ prompt: Route
  ) throws {
    let encodings = try embedder.model.encodings(of: recorded.map(\.text), by: prompt)
    let computed = try embedder.vectors(of: encodings, by: prompt) { Interrupt.requested }
    rows += recorded.count
    for (index, row) in recorded.enumerated() {
      if let ids = row.ids {
        idLists += 1
        if ids != encodings[index].ids { idsApart.append(row.place) }
      }
      guard let expected = row.embedding else { continue }
      guard computed.isFinite(row: index) else { throw embedder.model.notFinite("\(row.place)") }
      guard expected.count == computed.columns else {
        throw FileError(
          "\(row.place): `embedding` has \(expected.count) numbers, the model's vectors have "
            + "\(computed.columns)")
      }
      vectors += 1
      let size = expected.reduce(1) { max($0, $1.magnitude) }
      let apart = zip(expected, computed[index]).map { ($0 - Double($1)).magnitude }.max() ?? 0
      if worst.map({ !(apart / size <= $0.difference) }) ?? true {
        worst = (apart / size, row.place)
      }
    }
  }
}
