/// The format of a file of texts.
enum InputFormat: String, CaseIterable, Sendable {
  case lines, jsonl, json, csv, tsv
  /// Each file is one text.
  case files

  /// The format that a file's ending promises, that of a file in gzip before `.gz`; standard input,
  /// `-`, is lines.
  init(ending path: String) {
    self =
      switch Ending(withoutGzip: path).text {
      case "jsonl", "ndjson": .jsonl
      case "json": .json
      case "csv": .csv
      case "tsv", "tab": .tsv
      default: .lines
      }
  }

  /// Whether its rows have names for what is in them.
  var hasFields: Bool { self != .lines && self != .files }
}

/// How files of texts are to be read.
struct TextFormat: Sendable {
  /// That of all files; `nil` goes by each file's ending and its first bytes.
  var format: InputFormat?
  /// What is between the cells of csv; `nil` goes by the header.
  var delimiter: UInt8?
  var encoding = TextEncoding.utf8

  /// What a file is read as.
  /// - `fallback`: for an ending that promises nothing
  func resolved(_ path: String, fallback: InputFormat) -> ResolvedFormat {
    if let format { return ResolvedFormat(kind: format, isAsked: true, delimiter: delimiter) }
    // A delimiter is said of csv only.
    if delimiter != nil { return ResolvedFormat(kind: .csv, isAsked: true, delimiter: delimiter) }
    let found = InputFormat(ending: path)
    return ResolvedFormat(kind: found == .lines ? fallback : found, isAsked: false)
  }
}

/// The format of one file.
struct ResolvedFormat: Sendable, Equatable {
  let kind: InputFormat
  /// Whether the user said it, so that the first bytes do not.
  let isAsked: Bool
  var delimiter: UInt8?
}
