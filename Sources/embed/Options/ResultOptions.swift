import ArgumentParser

/// Where results are written, and how.
struct ResultOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write to FILE (default: standard output). Until it is complete it is FILE.part.",
      valueName: "FILE"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write jsonl, tsv, or a table for people (default: by the output's ending; a table on a "
        + "terminal, else jsonl).", valueName: "jsonl|tsv|table"))
  var format: ResultFormat?

  @Flag(help: "Write JSON lines: --format jsonl.")
  var json = false

  var isTable: Bool { format == .tsv || format == .table }

  func validate() throws {
    if json, let format, format != .jsonl {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
    guard let output, format == nil, let ending = Ending(output).text,
      ResultFormat(ending: ending) == nil
    else { return }
    throw ValidationError(
      "--output \(output): nothing is written as .\(ending); known are .jsonl, .json, .tsv and .txt, and "
        + "--format writes one of these under any other name")
  }

  /// How results are written.
  /// - Parameter isTerminal: whether they are on a terminal that shows them to people
  func resolved(isTerminal: Bool) -> ResultFormat {
    if json { return .jsonl }
    return format ?? output.flatMap { Ending($0).text }.flatMap(ResultFormat.init(ending:))
      ?? (isTerminal ? .table : .jsonl)
  }
}

/// How results are written.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case jsonl, tsv, table

  /// What the ending of a file's name promises; `nil` for one that is not written.
  init?(ending: String) {
    switch ending {
    case "jsonl", "json", "ndjson": self = .jsonl
    case "tsv", "tab": self = .tsv
    case "txt": self = .table
    default: return nil
    }
  }
}
