import ModelFiles

/// What a row of results has in a column.
enum ResultCell {
  case count(Int)
  case score(Float)
  case text([UInt8])
  case nothing
}

/// A column of results.
struct ResultColumn {
  enum Kind {
    case number
    /// What comes with a row.
    case field
    /// What has the room that others leave.
    case text
  }

  let name: String
  let kind: Kind

  init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }
}

/// Results in rows and columns: tab-separated for programs, aligned for people.
struct ResultTable {
  let columns: [ResultColumn]
  private(set) var rows: [[ResultCell]] = []

  init(_ columns: [ResultColumn]) { self.columns = columns }

  mutating func append(_ row: [ResultCell]) {
    precondition(row.count == columns.count, "\(row.count) cells in \(columns.count) columns")
    rows.append(row)
  }

  /// The names of the columns as a row of a tsv file.
  var tabbedHeader: [UInt8] { ScoreFormatter.tabbed(columns.map { Array($0.name.utf8) }) }

  /// The rows of a tsv file.
  var tabbed: [UInt8] {
    rows.flatMap { row in
      ScoreFormatter.tabbed(
        row.map { cell in
          switch cell {
          case .count(let count): JSONValue.int(count).bytes
          case .score(let score): JSONValue.float(score).bytes
          case .text(let text): text
          case .nothing: []
          }
        })
    }
  }

  // Columns of a terminal: of what comes with a row, of a text at least, and of one where nothing says
  // how much room there is.
  private static let (fieldWidth, leastText, standardText) = (24, 24, 60)

  /// For people, as an output shows them.
  func text(on output: OutputFile) -> String {
    text(width: output.terminalColumns, isStyled: output.isStyled)
  }

  /// For people.
  /// - Parameters:
  ///   - width: the columns of the terminal; `nil` where it is none
  ///   - isStyled: whether the header is in bold
  func text(width: Int?, isStyled: Bool) -> String {
    let cells = rows.map { row in zip(row, columns).map { Self.shown($0, $1.kind) } }
    let natural = columns.indices.map { column in
      max(columns[column].name.displayWidth, cells.map { $0[column].displayWidth }.max() ?? 0)
    }
    let texts = columns.filter { $0.kind == .text }.count
    // Fields for which there is no room are left out, the last first.
    var shown = Array(columns.indices)
    func room() -> Int? {
      width.map { width in
        let others = shown.filter { columns[$0].kind != .text }.reduce(0) { $0 + natural[$1] }
        return (width - others - 2 * (shown.count - 1)) / max(1, texts)
      }
    }
    while let left = room(), left < Self.leastText,
      let last = shown.lastIndex(where: { columns[$0].kind == .field })
    { shown.remove(at: last) }
    let most = max(Self.leastText, room() ?? Self.standardText)
    var table = Table(
      shown.map { columns[$0].kind == .number ? .right : .left },
      header: shown.map { columns[$0].name.cut(toWidth: Self.fieldWidth) }, isStyled: isStyled)
    for row in cells {
      table.append(
        shown.map { columns[$0].kind == .text ? row[$0].cut(toWidth: most) : row[$0] })
    }
    return table.text
  }

  private static func shown(_ cell: ResultCell, _ kind: ResultColumn.Kind) -> String {
    switch cell {
    case .count(let count): return "\(count)"
    case .score(let score): return fixed(Double(score), 4)
    case .nothing: return ""
    case .text(let bytes):
      let words = String(shown: bytes)
      return kind == .field ? words.cut(toWidth: Self.fieldWidth) : words
    }
  }
}

/// Writes tables of results, one after the other, where they are asked for.
struct ResultWriter {
  let format: ResultFormat
  private let output: OutputFile
  private var hasHeader = false

  init(_ options: ResultOptions) throws {
    output = try OutputFile(options.output)
    format = options.resolved(isTerminal: output.isTerminal)
  }

  /// Writes JSON lines.
  func write(lines count: Int, _ line: (Int) -> JSONValue) throws {
    try output.write(lines: count, line)
  }

  /// Writes rows of a tsv file, under a header where there is none yet, or a table for people.
  /// - Parameter heading: what a table is of
  mutating func write(_ table: ResultTable, under heading: [UInt8]? = nil) throws {
    try Interrupt.check()
    if format == .tsv {
      let header = hasHeader ? [] : table.tabbedHeader
      hasHeader = true
      return try output.write(header + table.tabbed)
    }
    let title = heading.map { heading in
      let words = String(shown: heading).cut(toWidth: output.terminalColumns ?? .max)
      return (output.isStyled ? words.cyan : words) + "\n"
    }
    let space = hasHeader ? "\n" : ""
    hasHeader = true
    let body = table.rows.isEmpty ? "nothing found\n" : table.text(on: output)
    try output.write(Array((space + (title ?? "") + body).utf8))
  }

  func finish() throws { try output.finish() }
}
