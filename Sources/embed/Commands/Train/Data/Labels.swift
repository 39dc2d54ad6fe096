import ModelFiles
import Tensors
import Training

/// The labels of a set as a loss takes them, and what a user should know of how they came about.
struct Labels: Sendable {
  let values: TrainingSet.Labels
  var notices: [String] = []
  /// The least and the largest score as they are written, if they were brought to 0 … 1.
  var range: ScoreRange?
}

extension Labels {
  /// The same, where classes are a model's labels by their names, with the model's numbers.
  /// - Parameter known: the names of the model's labels
  func numbered(as known: [String], column: String?) -> Labels {
    guard known.count > 1, case .classes(let classes, let names) = values else { return self }
    let places = Dictionary(
      known.enumerated().map { ($1.lowercased(), Int32($0)) }, uniquingKeysWith: { old, _ in old })
    let own = names.compactMap { places[$0.lowercased()] }
    guard own.count == names.count else { return self }
    let shown = known.enumerated().map { "\($0) \($1.prefix(40))" }.joined(separator: ", ")
    return Labels(
      values: .classes(classes.map { own[Int($0)] }, names: known),
      notices: ["classes of `\(column ?? "")` are the model's labels: \(shown)"], range: range)
  }
}

/// What scores go from and to.
struct ScoreRange: Sendable, Equatable {
  let least: Double
  let largest: Double
}

/// Reads the labels of a table.
struct LabelReader {
  private let name: String
  private let cells: [[UInt8]]
  private let place: (Int) -> String
  /// The labels as numbers; `nil` for words.
  private let numbers: [Double?]

  init(_ name: String, _ cells: [[UInt8]], place: @escaping (Int) -> String) {
    (self.name, self.cells, self.place) = (name, cells, place)
    numbers = cells.map { Self.number($0) }
  }

  /// A number, or a truth as one.
  private static func number(_ cell: [UInt8]) -> Double? {
    if let number = Double(decimal: cell) { return number }
    guard cell.count == 4 || cell.count == 5 else { return nil }
    let word = String(decoding: cell, as: UTF8.self).lowercased()
    return word == "true" ? 1 : word == "false" ? 0 : nil
  }

  /// What labels are that no loss says anything of: words are classes, and so are whole numbers if
  /// they are few and their column is not called a score.
  var kind: LabelKind {
    let found = numbers.compactMap { $0 }
    guard areNumbers else { return .classes }
    if ColumnNaming.isScore(name) { return .score }
    let areWhole = found.allSatisfy { $0 == $0.rounded() }
    let distinct = Set(found).count
    return areWhole && (distinct <= 10 || distinct * 2 <= found.count) ? .classes : .score
  }

  /// Whether all labels are 0 or 1.
  var areTruths: Bool { numbers.allSatisfy { $0 == 0 || $0 == 1 } }

  /// Whether labels are numbers; some that are none are mistakes then, to be told of one by one.
  private var areNumbers: Bool {
    let found = numbers.count { $0 != nil }
    if ColumnNaming.isScore(name), found > 0 { return true }
    return found > zip(numbers, cells).count { $0 == nil && !Self.isMissing($1) }
  }

  /// Whether a cell has nothing, as programs write it.
  private static func isMissing(_ cell: [UInt8]) -> Bool {
    cell.count < 5
      && ["", "nan", "inf", "-inf", "na", "n/a", "null", "none"].contains(
        String(decoding: cell, as: UTF8.self).lowercased())
  }

  /// Labels of this kind.
  func labels(_ kind: LabelKind, range: ScoreRange?) throws -> Labels {
    switch kind {
    case .none: Labels(values: .none)
    case .score: try scores(range)
    case .binary: try binary()
    case .classes: try classes()
    case .teacherScores: try teacherScores()
    case .lists:
      throw FileError("`\(name)` should be lists of numbers, one for each document")
    case .vectors:
      throw FileError(
        "`\(name)` should be lists of numbers, one for each text of the row or for all of them; "
          + "\(place(0)) has `\(excerpt(cells[0]))`; JSON lines hold lists, or give --teacher MODEL"
      )
    }
  }

  private func wrong(_ row: Int, _ expected: String) -> FileError {
    FileError(
      "\(place(row)): `\(name)` is \(cells[row].isEmpty ? "empty" : "`\(excerpt(cells[row]))`"), "
        + "should be \(expected)")
  }

  private func excerpt(_ cell: [UInt8]) -> String {
    String(String(decoding: cell, as: UTF8.self).prefix(40))
  }
}

// Scores, and 0 and 1.
extension LabelReader {
  private func scores(_ range: ScoreRange?) throws -> Labels {
    let scores = try cells.enumerated().map { row, cell in
      guard let number = Double(decimal: cell) else { throw wrong(row, "a number such as 2.5") }
      return number
    }
    if let range { return try scores.brought(from: range, row: wrong) }
    guard let largest = scores.max(), largest > 1 else {
      return Labels(values: .scores(scores.map { Float($0) }))
    }
    guard let most = [5.0, 10, 100].first(where: { largest <= $0 }) else {
      throw FileError(
        "`\(name)` goes up to \(decimal(largest)), should be 0 to 1, 5, 10 or 100; say what it "
          + "goes "
          + "from and to with --score-range 0,\(decimal(largest)), or that it is no score with "
          + "--label"
      )
    }
    return Labels(
      values: .scores(scores.map { Float($0 / most) }),
      notices: [
        "scores of `\(name)` go up to \(decimal(largest)): divided by \(decimal(most)) "
          + "(--score-range 0,\(decimal(most)))"
      ], range: ScoreRange(least: 0, largest: most))
  }

  /// One a row, as a teacher gave it: no part of any range.
  private func teacherScores() throws -> Labels {
    let scores = try cells.enumerated().map { row, cell in
      guard let number = Double(decimal: cell), Float(number).isFinite else {
        throw wrong(row, "a number, as a teacher's score")
      }
      return Float(number)
    }
    return Labels(values: .teacherScores(Tensor([scores.count, 1], scores)))
  }

  private func binary() throws -> Labels {
    let values = try numbers.enumerated().map { row, number in
      guard let number, number == 0 || number == 1 else { throw wrong(row, "0 or 1") }
      return Float(number)
    }
    if let first = values.first, values.allSatisfy({ $0 == first }) {
      throw FileError(
        "all rows have the \(name) \(Int(first)); the loss needs pairs of both kinds, 0 and 1")
    }
    return Labels(values: .scores(values))
  }
}

extension [Double] {
  /// Scores as shares of a range.
  fileprivate func brought(
    from range: ScoreRange, row wrong: (Int, String) -> FileError
  ) throws -> Labels {
    let width = range.largest - range.least
    let values = try enumerated().map { row, score in
      guard score >= range.least, score <= range.largest else {
        throw wrong(
          row, "from \(decimal(range.least)) to \(decimal(range.largest)), as the score range says")
      }
      return Float((score - range.least) / width)
    }
    return Labels(values: .scores(values), range: range)
  }
}

// Classes.
extension LabelReader {
  private func classes() throws -> Labels {
    if let empty = cells.firstIndex(where: \.isEmpty) { throw wrong(empty, "a class") }
    let labels = try wholeNumbers() ?? words()
    guard case .classes(let classes, let names) = labels.values else { return labels }
    if let first = classes.first, classes.allSatisfy({ $0 == first }) {
      throw FileError(
        "all rows have the class `\(names[Int(first)])` (`\(name)`); a loss of classes needs two")
    }
    return labels
  }

  /// Classes that are numbers already keep them, unless most numbers would have no rows.
  private func wholeNumbers() throws -> Labels? {
    guard areNumbers else { return nil }
    let found = numbers.compactMap { $0 }
    if let row = numbers.firstIndex(where: { $0 == nil }) {
      throw wrong(row, "a number of a class, as those of other rows")
    }
    guard let row = found.firstIndex(where: { $0 != $0.rounded() || $0.magnitude > 1e9 }) else {
      return numbered(found.map { Int($0) })
    }
    throw wrong(row, "a whole number or a word, the name of a class")
  }

  private func numbered(_ values: [Int]) -> Labels {
    let distinct = Set(values).sorted()
    if let least = distinct.first, let largest = distinct.last, least >= 0,
      largest < Swift.max(16, 4 * distinct.count)
    {
      return Labels(
        values: .classes(values.map { Int32($0) }, names: (0...largest).map { "\($0)" }))
    }
    let numbers = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    let names = distinct.map { "\($0)" }
    return Labels(
      values: .classes(values.map { numbers[$0] ?? 0 }, names: names), notices: [numbering(names)])
  }

  private func words() throws -> Labels {
    let distinct = Set(cells).sorted { $0.lexicographicallyPrecedes($1) }
    // A class of which nearly every row has its own is a text.
    if cells.count >= 10, distinct.count * 5 > cells.count * 4 {
      throw FileError(
        "`\(name)` has \(distinct.count) different words in \(cells.count) rows, such as "
          + "`\(excerpt(distinct[0]))`: no classes; are texts and labels exchanged? Name the "
          + "columns with "
          + "--columns and --label, or none with --label none")
    }
    let numbers = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    let names = distinct.map { String(decoding: $0, as: UTF8.self) }
    return Labels(
      values: .classes(cells.map { numbers[$0] ?? 0 }, names: names), notices: [numbering(names)])
  }

  private func numbering(_ names: [String]) -> String {
    let shown = names.prefix(8).enumerated().map { "\($0) \($1.prefix(40))" }
    let more = names.count > shown.count ? " and \(names.count - shown.count) more" : ""
    return "classes of `\(name)`: \(shown.joined(separator: ", "))\(more)"
  }
}

/// A number without a point where it is whole.
func decimal(_ value: Double) -> String {
  value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
}
