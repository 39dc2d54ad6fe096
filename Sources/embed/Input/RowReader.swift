import Glibc
import ModelFiles

/// The rows of a list of files, one file after the other, as they arrive.
struct RowReader {
  private let files: [(path: String, size: Int?)]
  private let format: InputFormat?
  /// What makes rows of a file, which it is given the name of.
  private let decoder: (InputFormat, _ file: String) -> any RowDecoder
  private var nextFile = 0
  private var current: (file: InputFile, splitter: RowSplitter, decoder: any RowDecoder)?
  /// What ended the reading after rows that were still to be handed out.
  private var failure: (any Error)?

  /// The bytes of all files, where all are regular.
  let totalBytes: Int?
  /// The bytes of the rows that were handed out, and of what is between them.
  var bytesRead: Int { bytesTaken - (current?.splitter.pending ?? 0) }
  private var bytesTaken = 0

  /// Reads one text, `field`, from each row of files; `-` is standard input, and so is no file.
  /// - `format`: that of all files; `nil` goes by each file's ending.
  init(_ files: [String], format: InputFormat? = nil, field: String = "text") throws {
    try self.init(files.isEmpty ? ["-"] : files, format) { TextDecoder($0, field: field, file: $1) }
  }

  /// Reads several columns from each row of a table: csv unless its ending says otherwise.
  init(table path: String, columns: ColumnNames) throws {
    let format = InputFormat(ending: path)
    try self.init([path], format == .lines ? .csv : format) {
      ColumnDecoder($0, columns: columns, file: $1)
    }
  }

  private init(
    _ files: [String], _ format: InputFormat?,
    _ decoder: @escaping (InputFormat, _ file: String) -> any RowDecoder
  ) throws {
    self.files = try files.map { ($0, try InputFile.check($0)) }
    (self.format, self.decoder) = (format, decoder)
    totalBytes = self.files.reduce(0 as Int?) { total, file in
      guard let total, let size = file.size else { return nil }
      return total + size
    }
  }

  /// Whether a person is expected to type the texts.
  var readsTerminal: Bool { files.contains { $0.path == "-" } && isatty(0) == 1 }

  /// Waits until a row is complete, then returns all that can be had without waiting, up to the row
  /// that reaches `bytes`; `nil` at the end. Rows that cannot be read come in their order, as
  /// problems; what ends the reading (a file that fails, a header without the column) is thrown
  /// once the rows before it were returned.
  /// - Throws: `CancellationError` after an interrupt
  mutating func window(
    upTo maximumRows: Int = 4096, bytes maximumBytes: Int = 8 << 20
  ) throws -> [InputRow]? {
    if let failure { throw failure }
    var rows: [InputRow] = []
    var bytes = 0
    do {
      // The rest of a row that is too long may come without end.
      while rows.isEmpty
        || rows.count < maximumRows && bytes < maximumBytes && current?.splitter.isSkipping != true
      {
        guard let row = try nextRow(waiting: rows.isEmpty) else { break }
        bytes += row.byteCount
        rows.append(row)
      }
    } catch {
      failure = error
      if rows.isEmpty { throw error }
    }
    try Interrupt.check()
    return rows.isEmpty ? nil : rows
  }

  /// The texts of all rows that are left.
  /// - Throws: for the first row that cannot be read
  mutating func allTexts() throws -> [[UInt8]] {
    var texts: [[UInt8]] = []
    while let rows = try window() { texts += try rows.map { try $0.requiredText() } }
    return texts
  }

  /// The next row; `nil` at the end of all files, and where going on would mean to wait.
  private mutating func nextRow(waiting: Bool) throws -> InputRow? {
    while try openNext(waiting: waiting) {
      switch current?.splitter.next() {
      case .row(let raw):
        if let row = try current?.decoder(raw) { return row }
      case .hungry:
        guard try fill(waiting: waiting) else { return nil }
      case .end, nil:
        current = nil
      }
    }
    return nil
  }

  private mutating func fill(waiting: Bool) throws -> Bool {
    guard let file = current?.file,
      let count = try current?.splitter.fill(from: file, waiting: waiting)
    else { return false }
    bytesTaken += count
    return true
  }

  /// Whether a file is open, the next one if need be. To open a pipe is to wait for its writer.
  private mutating func openNext(waiting: Bool) throws -> Bool {
    if current != nil { return true }
    guard nextFile < files.count, !Interrupt.requested else { return false }
    let (path, size) = files[nextFile]
    guard waiting || size != nil else { return false }
    nextFile += 1
    let file = try InputFile(path)
    let format = format ?? InputFormat(ending: path)
    current = (file, RowSplitter(quoted: format == .csv), decoder(format, file.name))
    return true
  }
}

/// What makes rows of one file's raw rows.
protocol RowDecoder {
  /// The row, or `nil` for a header or a blank line between rows.
  /// - Throws: what makes the rest of the file unreadable
  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow?
}

/// The format of a file of texts.
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
