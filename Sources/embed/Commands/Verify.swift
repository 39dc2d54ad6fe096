import ArgumentParser
import Embeddings
import Glibc
import ModelFiles
import Tokenizers
import Vectors

/// `embed verify`: a model against recorded ids and vectors.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare a model's weights, token ids and vectors with recorded ones.",
    discussion: """
      Where the model's folder has a file SHA256SUMS, as those have that convert, reduce and \
      distill write, the weights must have those sums. FILE holds JSON lines with the field \
      "text", and "ids" or "embedding" or both, as another program computed them. A vector's \
      difference is the largest of its numbers, relative to the largest number recorded or to 1, \
      whichever is larger. Exits with 1 when a list of ids differs, or a vector by more than the \
      tolerance.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp("Read recorded ids and vectors from this file.", valueName: "FILE"),
    completion: .file())
  var golden: String?

  @Option(help: ArgumentHelp("Allow a vector to differ by T.", valueName: "T"))
  var tolerance: Double = 2e-5

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance must be a number, at least 0")
    }
  }

  func run() throws {
    let folder = try model.name.folder(model.messages)
    let sums = try Checksums(of: folder)
    guard golden != nil || sums != nil else {
      throw FileError(
        "\(folder) has no \(Checksums.fileName) to compare its weights with; give recorded vectors "
          + "with --golden FILE")
    }
    try sums?.check(in: folder) { Interrupt.requested }
    let differences = try golden.map(differences)
    try report.write(
      table(sums, differences), value(sums, differences, failure: differences.flatMap(failure)))
    if let failure = differences.flatMap(failure) { throw failure }
  }

  private func differences(from golden: String) throws -> Differences {
    let embedder = try model.load()
    let route = try prompt.route(embedder)
    var reader = try RowReader([golden], as: TextFormat(format: .json))
    var differences = Differences(golden: golden)
    let size = min(1024, WindowSize(dimension: embedder.dimension).mostRows)
    while let rows = try reader.window(upTo: size, bytes: 1 << 22) {
      try differences.add(rows.map(RecordedRow.init), embedder, route)
    }
    return differences
  }

  private func table(_ sums: Checksums?, _ found: Differences?) -> String {
    var rows: [[String]] = []
    if let sums { rows.append(["weights", "\(sums.entries.count) with the recorded SHA-256"]) }
    if let found { rows += lines(found) }
    var table = Table([.left, .left], header: rows.first ?? [])
    for row in rows.dropFirst() { table.append(row) }
    return table.text
  }

  private func lines(_ found: Differences) -> [[String]] {
    var lines = [["rows", "\(found.rows)"]]
    if found.idLists > 0 {
      let same = found.idLists - found.differing
      lines.append(["ids", "\(same) of \(found.idLists) the same"])
    }
    if let worst = found.worst {
      lines.append([
        "vectors",
        "\(found.vectors), largest difference \(shortened(worst.difference)) at \(worst.location)",
      ])
    }
    return lines
  }

  private func value(
    _ sums: Checksums?, _ found: Differences?, failure: FileError?
  ) -> JSONValue {
    var fields: [(String, JSONValue)] = []
    if let sums { fields.append(("weights_with_recorded_sum", .int(sums.entries.count))) }
    if let found {
      fields += [
        ("rows", .int(found.rows)), ("id_lists", .int(found.idLists)),
        ("id_lists_that_differ", .int(found.differing)), ("vectors", .int(found.vectors)),
        ("largest_difference", .optional(found.worst) { .float(Float($0.difference)) }),
        ("tolerance", .float(Float(tolerance))),
      ]
    }
    return .object(fields + [("holds", .bool(failure == nil))])
  }

  private func failure(_ found: Differences) -> FileError? {
    guard found.idLists + found.vectors > 0 else {
      return FileError(
        "\(found.golden): no row has `ids` or `embedding`; there is nothing to compare")
    }
    if let first = found.firstDiffering {
      let others = found.differing - 1
      return FileError(
        "\(first): the ids differ\(others > 0 ? ", as in \(others) other rows" : ""); "
          + "`embed tokenize` prints them")
    }
    guard let worst = found.worst, !(worst.difference <= tolerance) else { return nil }
    return FileError(
      "\(worst.location): the vector differs by \(shortened(worst.difference)), "
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
  let location: RowLocation
  let ids: [Int32]?
  let embedding: [Double]?

  init(_ row: InputRow) throws {
    text = try row.requiredText()
    location = row.location
    guard case .object(let object) = row.source else {
      throw RowProblem(location, "not a JSON object")
    }
    let json = try JSON(object.bytes, name: "\(location)")
    ids = try json.present("ids")?.array().elements.map { id in
      guard let id = Int32(exactly: try id.int()) else { throw id.mismatch("a token's id") }
      return id
    }
    embedding = try json.present("embedding")?.array().elements.map { try $0.double() }
  }
}

/// How much computed ids and vectors differ from recorded ones.
private struct Differences {
  /// The file of what was recorded.
  let golden: String
  private(set) var rows = 0
  private(set) var idLists = 0
  /// How many rows have other ids, and the first of them.
  private(set) var differing = 0
  private(set) var firstDiffering: RowLocation?
  private(set) var vectors = 0
  private(set) var worst: (difference: Double, location: RowLocation)?

  init(golden: String) { self.golden = golden }

  mutating func add(_ recorded: [RecordedRow], _ embedder: Embedder, _ route: Route) throws {
    let encodings = try embedder.model.encodings(of: recorded.map(\.text), by: route) {
      "\(recorded[$0].location)"
    }
    let computed = try embedder.vectors(of: encodings, by: route) { Interrupt.requested }
    rows += recorded.count
    for (index, row) in recorded.enumerated() {
      if let ids = row.ids {
        idLists += 1
        if ids != encodings[index].ids {
          differing += 1
          firstDiffering = firstDiffering ?? row.location
        }
      }
      guard let expected = row.embedding else { continue }
      guard computed.isFinite(row: index) else { throw embedder.model.notFinite("\(row.location)") }
      guard expected.count == computed.columns else {
        throw FileError(
          "\(row.location): `embedding` has \(expected.count) numbers, the model's vectors have "
            + "\(computed.columns)")
      }
      vectors += 1
      let size = expected.reduce(1) { max($0, $1.magnitude) }
      let difference = zip(expected, computed[index]).map { ($0 - Double($1)).magnitude }.max() ?? 0
      if worst.map({ !(difference / size <= $0.difference) }) ?? true {
        worst = (difference / size, row.location)
      }
    }
  }
}
