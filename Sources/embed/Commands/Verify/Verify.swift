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
      "text", and "ids" or "embedding" or both, as another program computed them: a vector, a \
      vector for each token, or indices and values; "side" may be query or document. For a \
      reranker it holds "query" and "document", and "ids", "logits" or "score". A difference is \
      the largest of a row's numbers, relative to the largest number recorded or to 1, whichever \
      is larger. Exits with 1 when a list of ids differs, or a row by more than the tolerance.
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
    let text = try model.textModel()
    var differences = Differences(golden: golden, isOfPairs: text.modelKind == .rerank)
    let format = TextFormat(format: .json)
    if text.modelKind == .rerank {
      let computed = try RecordedPairs(Reranker(text), prompt)
      var reader = try RowReader(
        pairs: [golden], as: format, columns: ColumnNames(["query", "document"]))
      while let rows = try reader.window(upTo: 1024, bytes: 1 << 22) {
        try differences.add(computed(rows))
      }
      return differences
    }
    let computed = RecordedTexts(try VectorModel(text), prompt)
    var reader = try RowReader([golden], as: format)
    while let rows = try reader.window(upTo: computed.mostRows, bytes: 1 << 22) {
      try differences.add(computed(rows))
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
        found.isOfPairs ? "scores" : "vectors",
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
        "\(found.golden): no row has `ids` or "
          + (found.isOfPairs ? "`logits` or `score`" : "`embedding`")
          + "; there is nothing to compare")
    }
    if let first = found.firstDiffering {
      let others = found.differing - 1
      return FileError(
        "\(first): the ids differ\(others > 0 ? ", as in \(others) other rows" : ""); "
          + "`embed tokenize` prints them")
    }
    guard let worst = found.worst, !(worst.difference <= tolerance) else { return nil }
    return FileError(
      "\(worst.location): the \(found.isOfPairs ? "score" : "vector") differs by "
        + "\(shortened(worst.difference)), "
        + "more than the tolerance of \(tolerance)")
  }

  /// Two digits: such numbers are compared by their size.
  private func shortened(_ number: Double) -> String {
    guard number > 0, number.isFinite else { return "\(number)" }
    let unit = pow(10, log10(number).rounded(.down) - 1)
    return "\(Float((number / unit).rounded() * unit))"
  }
}
