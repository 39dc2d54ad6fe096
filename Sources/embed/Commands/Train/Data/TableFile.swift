/// A file of rows whose columns are understood.
struct TableFile {
  /// As messages name it.
  let name: String
  let choice: ColumnChoice
  /// The rows that were looked at, less the header.
  private var head: ArraySlice<TableRow>
  private var reader: RowReader

  // Enough rows to see what a column is.
  private static let headRows = 1000

  /// - Parameter path: `-` for standard input
  /// - Returns: `nil` for a file without rows
  init?(_ path: String, as format: TextFormat, _ request: ColumnRequest) throws {
    reader = try RowReader(
      everythingIn: path, as: format, names: ColumnNaming.known + request.names)
    var head: [TableRow] = []
    while head.count < Self.headRows, let window = try reader.window(upTo: Self.headRows) {
      head += try window.map(TableRow.init)
    }
    guard !head.isEmpty else { return nil }
    name = InputFile.name(path)
    choice = try ColumnChoice(head, request, file: name)
    self.head = head.dropFirst(choice.hasHeader == true ? 1 : 0)
  }

  /// The next rows; `nil` at the end.
  mutating func rows() throws -> [TableRow]? {
    guard head.isEmpty else {
      defer { head = [] }
      return Array(head)
    }
    return try reader.window()?.map(TableRow.init)
  }
}

extension [TableRow] {
  /// The bytes that the rows take in memory, about.
  var byteCount: Int {
    reduce(0) { sum, row in
      sum + row.cells.reduce(0) { $0 + $1.bytes.count + MemoryLayout<[UInt8]>.size + 32 }
    }
  }
}
