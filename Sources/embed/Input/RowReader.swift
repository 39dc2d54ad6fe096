import Glibc
import ModelFiles

/// The rows of a list of files, one file after the other, as they arrive.
struct RowReader {
  private let files: [(path: String, size: Int?)]
  private let format: TextFormat
  private let wanted: WantedFields
  /// What an ending stands for that promises nothing.
  private let fallback: InputFormat
  private let messages: Messages?
  private var nextFile = 0
  private var current: OpenText?
  /// What ended the reading after rows that were still to be handed out.
  private var failure: (any Error)?

  /// The bytes of all files, where all are regular.
  let totalBytes: Int?
  /// The bytes of the rows that were handed out, and of what is between them.
  var bytesRead: Int { bytesOfEarlierFiles + (current?.bytesRead ?? 0) }
  private var bytesOfEarlierFiles = 0

  /// Reads one text, what `field` names, from each row of files; `-` is standard input, and so is no
  /// file. `messages` gets a notice about lines that look like something else.
  init(
    _ files: [String], as format: TextFormat = TextFormat(), field: FieldNames = .standard,
    messages: Messages? = nil
  ) throws {
    try self.init(files.isEmpty ? ["-"] : files, format, .text(field), .lines, messages)
  }

  /// Reads several columns from each row of a table: csv unless its ending says otherwise.
  init(
    table path: String, as format: TextFormat = TextFormat(), columns: ColumnNames
  ) throws {
    try self.init([path], format, .columns(columns), .csv, nil)
  }

  /// Reads two texts from each row of files, which can be written again: JSON lines where a file
  /// begins so, else csv, unless its ending says otherwise; `-` is standard input, and so is no file.
  init(pairs files: [String], as format: TextFormat = TextFormat(), columns: ColumnNames) throws {
    try self.init(files.isEmpty ? ["-"] : files, format, .pairs(columns), .csv, nil)
  }

  /// Reads a query and documents from each row of files: JSON lines, whatever their endings.
  init(lists files: [String], as format: TextFormat = TextFormat()) throws {
    try self.init(files.isEmpty ? ["-"] : files, format, .lists, .jsonl, nil)
  }

  /// Reads what is known of each query's documents: JSON lines, whatever the ending.
  init(rankings path: String, as format: TextFormat = TextFormat()) throws {
    try self.init([path], format, .rankings, .jsonl, nil)
  }

  /// Reads the judgements of a search: csv unless its ending says otherwise.
  init(judgements path: String, as format: TextFormat = TextFormat()) throws {
    try self.init([path], format, .judgements, .csv, nil)
  }

  /// Reads all columns of each row of a table, `-` for standard input: JSON lines where it begins so,
  /// else csv, unless its ending says otherwise.
  /// - Parameter names: of columns that a header may have
  init(everythingIn path: String, as format: TextFormat = TextFormat(), names: [String]) throws {
    try self.init([path], format, .everything(names), .csv, nil)
  }

  private init(
    _ files: [String], _ format: TextFormat, _ wanted: WantedFields, _ fallback: InputFormat,
    _ messages: Messages?
  ) throws {
    self.files = try files.map { path in
      let size = try InputFile.check(path)
      if size != nil, path != "-" { try Self.checkKind(path, format) }
      return (path, size)
    }
    (self.format, self.wanted, self.fallback) = (format, wanted, fallback)
    self.messages = messages
    totalBytes = self.files.reduce(0 as Int?) { total, file in
      guard let total, let size = file.size else { return nil }
      return total + size
    }
  }

  /// Refuses what is no text by its first bytes, or by its ending where nobody said what it is.
  private static func checkKind(_ path: String, _ format: TextFormat) throws {
    let source = HeadedSource(try InputFile(path))
    while FileKind.isOpen(source.head), try source.lookFurther(waiting: true) {}
    let kind = FileKind(source.head)
    if let refusal = kind?.refusal(path, format.encoding) { throw FileError(refusal) }
    let isSaid = format.format != nil || format.delimiter != nil
    if !isSaid, let refusal = FileKind.refusal(ending: path) { throw FileError(refusal) }
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
        || rows.count < maximumRows && bytes < maximumBytes && current?.isSkipping != true
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
  /// - Parameter body: called with each row
  /// - Throws: for the first row that cannot be read
  mutating func allTexts(_ body: (InputRow) -> Void = { _ in }) throws -> [[UInt8]] {
    var texts: [[UInt8]] = []
    while let rows = try window() {
      texts += try rows.map { try $0.requiredText() }
      rows.forEach(body)
    }
    return texts
  }

  /// The next row; `nil` at the end of all files, and where going on would mean to wait.
  private mutating func nextRow(waiting: Bool) throws -> InputRow? {
    while try openNext(waiting: waiting) {
      switch try current?.next(waiting: waiting) {
      case .row(let row): return row
      case .nothingYet: return nil
      case .end, nil:
        bytesOfEarlierFiles += current?.bytesRead ?? 0
        current = nil
      }
    }
    return nil
  }

  /// Whether a file is open, the next one if need be. To open a pipe is to wait for its writer.
  private mutating func openNext(waiting: Bool) throws -> Bool {
    if current != nil { return true }
    guard nextFile < files.count, !Interrupt.requested else { return false }
    let (path, size) = files[nextFile]
    guard waiting || size != nil else { return false }
    nextFile += 1
    current = OpenText(
      try InputFile(path), format.resolved(path, fallback: fallback), format.encoding, wanted,
      messages)
    return true
  }
}

/// What makes rows of one file's raw rows.
protocol RowDecoder {
  /// The row, or `nil` for a header or a blank line between rows.
  /// - Throws: what makes the rest of the file unreadable
  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow?
}
