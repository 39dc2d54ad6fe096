import Glibc
import ModelFiles

/// The rows of a list of files, one file after the other, as they arrive.
struct RowReader {
  private let files: [(path: String, size: Int?)]
  private let format: InputFormat?
  private let field: String
  private var nextFile = 0
  private var current: (file: InputFile, splitter: RowSplitter, decoder: RowDecoder)?
  /// What ended the reading after rows that were still to be handed out.
  private var failure: (any Error)?

  /// The bytes of all files, where all are regular.
  let totalBytes: Int?
  /// The bytes of the rows that were handed out, and of what lies between them.
  var bytesRead: Int { bytesTaken - (current?.splitter.pending ?? 0) }
  private var bytesTaken = 0

  /// - `files`: paths, `-` for standard input; none is standard input as well.
  /// - `format`: that of all files; `nil` goes by each file's ending.
  /// - `field`: the member or column that holds the text.
  init(_ files: [String], format: InputFormat? = nil, field: String = "text") throws {
    self.files = try (files.isEmpty ? ["-"] : files).map { ($0, try InputFile.check($0)) }
    self.format = format
    self.field = field
    totalBytes = self.files.reduce(0 as Int?) { total, file in
      guard let total, let size = file.size else { return nil }
      return total + size
    }
  }

  /// Whether a person is expected to type the texts.
  var readsTerminal: Bool { files.contains { $0.path == "-" } && isatty(0) == 1 }

  /// Waits until a row is complete, then returns all that can be had without waiting. No rows mean
  /// the end, or an interrupt: look at `Interrupt.requested`.
  ///
  /// Rows that cannot be read come in their place, as problems; what ends the reading (a file that
  /// fails, a header without the column) is thrown once the rows before it were returned.
  /// - `bytes`: where a window ends, at the first row that reaches it.
  mutating func next(upTo maximumRows: Int, bytes maximumBytes: Int) throws -> [InputRow] {
    if let failure { throw failure }
    var rows: [InputRow] = []
    var bytes = 0
    do {
      // The rest of a row that is too long may come without end.
      while rows.isEmpty
        || rows.count < maximumRows && bytes < maximumBytes && current?.splitter.isPassing != true
      {
        guard let row = try nextRow(waiting: rows.isEmpty) else { break }
        bytes += row.byteCount
        rows.append(row)
      }
    } catch {
      failure = error
      if rows.isEmpty { throw error }
    }
    return rows
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
    current = (
      file, RowSplitter(quoted: format == .csv), RowDecoder(format, field: field, file: file.name)
    )
    return true
  }
}
