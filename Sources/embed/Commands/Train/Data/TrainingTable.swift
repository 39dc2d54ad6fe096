import ModelFiles
import Tensors
import Training

/// All rows of the files of one set: their texts by columns, and their labels as they are written.
struct TrainingTable: Sendable {
  /// The columns of texts.
  private(set) var names: [String] = []
  private(set) var texts: [[[UInt8]]] = []
  /// Of columns that have several texts a row.
  private var lists: [String: [[[UInt8]]]] = [:]
  /// The names by which a recipe asks for the same columns; `nil` where files have none in common.
  private(set) var asked: [String]?
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

  /// Columns of texts, and the names by which a recipe asks for the same ones again; `nil` where no
  /// such names are.
  struct Columns {
    let asked: [String]?
    let names: [String]
    let texts: [[[UInt8]]]

    init(asked: [String]?, _ names: [String], _ texts: [[[UInt8]]]) {
      (self.asked, self.names, self.texts) = (asked, names, texts)
    }
  }

  /// A table without labels.
  /// - Parameters:
  ///   - files: with the row that each begins with
  ///   - lines: of each row
  init(
    _ columns: Columns, _ notices: [String], _ files: [(name: String, first: Int)],
    _ lines: [Int32]
  ) {
    (names, texts, asked, self.notices) = (columns.names, columns.texts, columns.asked, notices)
    (self.files, self.lines) = (files, lines)
  }

  /// - Parameters:
  ///   - paths: `-` for standard input
  ///   - hasLabel: whether labels are wanted at all
  init(_ paths: [String], as format: TextFormat, _ request: ColumnRequest) throws {
    for path in paths {
      try read(path, format, files.isEmpty ? request : settled)
    }
    asked = names
    try checkRows(of: paths)
  }

  /// Reads a set as it is asked for.
  /// - Parameter isTaught: whether a teacher reads its first column, of which the others are
  ///   translations
  init(_ source: DataSource, isTaught: Bool) throws {
    if source.isParallel {
      self = try TranslationRows(parallel: source.files, as: source.format, source.columns)
        .table(isTaught: isTaught)
    } else if isTaught {
      self = try TranslationRows(source.files, as: source.format, source.columns)
        .table(isTaught: true)
    } else {
      self = try TrainingTable(source.files, as: source.format, source.columns)
    }
    try checkRows(of: source.files)
  }

  private func checkRows(of paths: [String]) throws {
    guard rows == 0 else { return }
    throw FileError(
      "\(paths.map(InputFile.name).joined(separator: ", ")): no rows, or only a header; give a file "
        + "with a row for each example")
  }

  /// The columns of texts.
  var columns: [TrainingSet.Column] {
    zip(names, texts).map { TrainingSet.Column(name: $0, texts: $1, lists: lists[$0]) }
  }

  /// Where a row came from.
  func place(_ row: Int) -> String {
    let file = files.last { $0.first <= row }?.name ?? ""
    return "\(file), line \(lines[row])"
  }

  /// What is asked of the second file and later ones.
  private var settled: ColumnRequest {
    ColumnRequest(
      texts: names, label: label.map { .named($0) } ?? .none, takesLists: !lists.isEmpty)
  }

  private mutating func read(
    _ path: String, _ format: TextFormat, _ request: ColumnRequest
  ) throws {
    guard var file = try TableFile(path, as: format, request) else { return }
    try take(file.choice, file.name)
    while let rows = try file.rows() { try append(rows, file.choice) }
  }

  /// Begins a file.
  private mutating func take(_ choice: ColumnChoice, _ name: String) throws {
    if files.isEmpty {
      (names, label, hasHeader) = (choice.texts, choice.label, choice.hasHeader)
      texts = choice.texts.map { _ in [] }
      for name in choice.lists { lists[name] = [] }
      if choice.label != nil {
        labels =
          choice.labelKind != .list ? .cells([]) : lists.isEmpty ? .lists(Lists()) : .ragged([])
      }
      notices += choice.notices
    } else if let hasHeader, let other = choice.hasHeader, hasHeader != other {
      throw FileError(
        "\(name): its first row is \(other ? "a" : "no") header, that of \(files[0].name) is "
          + (other ? "none" : "one") + "; give all files a header or none")
    }
    files.append((name, rows))
  }

  private mutating func append(_ rows: [TableRow], _ choice: ColumnChoice) throws {
    try MemoryBound.check(
      rows.byteCount, for: "\(files.last?.name ?? ""): holding \(self.rows) rows and more")
    for row in rows {
      let (texts, label) = try choice.picked(row)
      for (column, text) in texts.enumerated() { self.texts[column].append(text) }
      for name in choice.lists {
        guard let column = names.firstIndex(of: name) else { continue }
        lists[name]?.append(try Self.list(texts[column], name, row.location))
      }
      if let label { try labels.append(label, choice.label ?? "", row.location) }
      lines.append(Int32(clamping: row.location.line))
    }
  }
}

extension TrainingTable {
  /// The texts of a list.
  private static func list(
    _ cell: [UInt8], _ name: String, _ location: RowLocation
  ) throws -> [[UInt8]] {
    do {
      return try JSON(row: cell, name: "`\(name)`").elements.map { Array(try $0.string().utf8) }
    } catch let error as FileError {
      throw RowProblem(location, "\(error)")
    }
  }
}

/// Labels as they are written.
enum WrittenLabels: Sendable {
  case none
  case cells([[UInt8]])
  case lists(Lists)
  /// Of each row a list, as long as its list of texts.
  case ragged([[Float]])

  mutating func append(_ cell: TableRow.Cell, _ name: String, _ location: RowLocation) throws {
    switch self {
    case .none: return
    case .cells(var cells):
      self = .none
      guard ![.other, .list, .texts].contains(cell.kind) else {
        throw RowProblem(
          location, "`\(name)` is a list or an object, should be a number or a word, as before")
      }
      cells.append(cell.kind == .empty ? [] : cell.bytes)
      self = .cells(cells)
    case .ragged(var lists):
      self = .none
      lists.append(try Self.numbers(cell, name, location))
      self = .ragged(lists)
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

extension WrittenLabels {
  private static func numbers(
    _ cell: TableRow.Cell, _ name: String, _ location: RowLocation
  ) throws -> [Float] {
    let value = cell.kind == .list ? try? JSON(row: cell.bytes, name: "") : nil
    let numbers = value?.elements.map { element in
      (try? element.double()).map { Float($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
    guard let numbers, !numbers.contains(nil) else {
      throw RowProblem(
        location, "`\(name)` is no list of numbers, should be one with a label for each document")
    }
    return numbers.compactMap { $0 }
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
