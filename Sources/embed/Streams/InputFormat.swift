/// How the texts lie in a file.
enum InputFormat: String, CaseIterable, Sendable {
  case lines, jsonl, csv, tsv

  /// The format that a file's ending promises; standard input, `-`, is lines.
  init(ending path: String) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let point = name.lastIndex(of: UInt8(ascii: ".")) else {
      self = .lines
      return
    }
    self =
      switch String(Substring(name[name.index(after: point)...])).lowercased() {
      case "jsonl", "ndjson": .jsonl
      case "csv": .csv
      case "tsv", "tab": .tsv
      default: .lines
      }
  }
}
