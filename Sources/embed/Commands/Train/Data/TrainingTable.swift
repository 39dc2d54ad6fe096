import ModelFiles
import Tensors

/// All rows of the files of one set: their texts by columns, and their labels as they are written.
struct TrainingTable: Sendable {
  /// The columns of texts.
  private(set) var names: [String] = []
  private(set) var texts: [[[UInt8]]] = []
  /// The label's column; `nil` where there is none.
  private(set) var label: String?
  private(set) var labels = WrittenLabels.none
  private(set) var notices: [String] = []
  /// The files, with the row that each begins with.
  private var files: [(name: String, first: Int)] = []
  private var lines: [Int32] = []
  /// Whether later files must have a header, if the first has one.
  private var hasHeader: Bool?

  var rows: Int { lines.count }

  // Enough rows to see what a column is.
  private static let headRows = 1000

  /// - Parameters:
  ///   - paths: `-` for standard input
  ///   - hasLabel: whether labels are wanted at all
  init(_ paths: [String], as format: TextFormat, _ request: ColumnRequest) throws {
    for path in paths {
      try read(path, format, files.isEmpty ? request : settled)
    }
    guard rows > 0 else {
      throw FileError(
        "\(paths.map(InputFile.name).joined(separator: ", ")): no rows, or only a header; give a "
          + "file "
          + "with a row for each example")
    }
  }

  /// Where a row came from.
  func place(_ row: Int) -> String {
    let file = files.last { $0.first <= row }?.name ?? ""
    return "\(file), line \(lines[row])"
  }

  /// What is asked of the second file and later ones.
  private var settled: ColumnRequest {
    ColumnRequest(texts: names, label: label.map { .named($0) } ?? .none)
  }

  private mutating func read(
    _ path: String, _ format: TextFormat, _ request: ColumnRequest
  ) throws {
    var reader = try RowReader(
      everythingIn: path, as: format, names: ColumnNaming.known + request.names)
    var head: [TableRow] = []
    while head.count < Self.headRows, let window = try reader.window(upTo: Self.headRows) {
      head += try window.map(TableRow.init)
    }
    guard !head.isEmpty else { return }
    let name = InputFile.name(path)
    let choice = try ColumnChoice(head, request, file: name)
    try take(choice, name)
    if choice.hasHeader == true { head.removeFirst() }
    try append(head, choice)
    while let window = try reader.window() { try append(window.map(TableRow.init), choice) }
  }

  /// Begins a file.
  private mutating func take(_ choice: ColumnChoice, _ name: String) throws {
    if files.isEmpty {
      (names, label, hasHeader) = (choice.texts, choice.label, choice.hasHeader)
      texts = choice.texts.map { _ in [] }
      if choice.label != nil { labels = choice.labelKind == .list ? .lists(Lists()) : .cells([]) }
      notices += choice.notices
    } else if let hasHeader, let other = choice.hasHeader, hasHeader != other {
      throw FileError(
        "\(name): its first row is \(other ? "a" : "no") header, that of \(files[0].name) is "
          + (other ? "none" : "one") + "; give all files a header or none")
    }
    files.append((name, rows))
  }

  private mutating func append(_ rows: [TableRow], _ choice: ColumnChoice) throws {
    let bytes = rows.reduce(0) { sum, row in
      sum + row.cells.reduce(0) { $0 + $1.bytes.count + MemoryLayout<[UInt8]>.size + 32 }
    }
    try MemoryBound.check(
      bytes, for: "\(files.last?.name ?? ""): holding \(self.rows) rows and more")
    for row in rows {
      let (texts, label) = try choice.picked(row)
      for (column, text) in texts.enumerated() { self.texts[column].append(text) }
      if let label { try labels.append(label, choice.label ?? "", row.location) }
      lines.append(Int32(clamping: row.location.line))
    }
  }
}

/// Labels as they are written.
enum WrittenLabels: Sendable {
  case none
  case cells([[UInt8]])
  case lists(Lists)

  mutating func append(_ cell: TableRow.Cell, _ name: String, _ location: RowLocation) throws {
    switch self {
    case .none: return
    case .cells(var cells):
      self = .none
      guard cell.kind != .other, cell.kind != .list else {
        throw RowProblem(
          location, "`\(name)` is a list or an object, should be a number or a word, as before")
      }
      cells.append(cell.kind == .empty ? [] : cell.bytes)
      self = .cells(cells)
    case .lists(var lists):
      self = .none
      do {
        try lists.append(cell)
      } catch let problem as Lists.Problem {
        throw RowProblem(location, "`\(name)` is \(problem.text)")
      }
      self = .lists(lists)
    }
  }
}

/// Lists of numbers, one or several a row, all of one length.
struct Lists: Sendable {
  struct Problem: Error { let text: String }

  /// The numbers of a list.
  private(set) var width = 0
  /// The lists of a row.
  private(set) var count = 0
  /// Of each of the row's places all rows, one after the other.
  private var numbers: [[Float]] = []

  mutating func append(_ cell: TableRow.Cell) throws {
    guard cell.kind == .list, let value = try? JSON(row: cell.bytes, name: "") else {
      throw Problem(text: "no list of numbers, should be one as in the rows before")
    }
    let lists = value[0]?.kind == .array ? Array(value.elements) : [value]
    if count == 0 {
      (count, width) = (lists.count, lists[0].count)
      numbers = lists.map { _ in [] }
    }
    guard lists.count == count else {
      throw Problem(text: "\(lists.count) lists, should be \(count) as in the rows before")
    }
    for (place, list) in lists.enumerated() {
      guard list.kind == .array, list.count == width else {
        throw Problem(
          text: "a list of \(list.count) numbers, should be \(width) as in the rows before")
      }
      for element in list.elements {
        guard let number = try? element.double(), Float(number).isFinite else {
          throw Problem(text: "a list with \(element.found) in it, should be numbers")
        }
        numbers[place].append(Float(number))
      }
    }
  }

  /// `[rows, width]` for each of a row's lists.
  var tensors: [Tensor] { numbers.map { Tensor([$0.count / max(1, width), width], $0) } }
}
