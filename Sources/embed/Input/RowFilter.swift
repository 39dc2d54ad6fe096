import ModelFiles

/// What a row's member, or column, must be.
struct RowCondition: Sendable, Equatable {
  let field, value: String

  /// - Parameter words: `FIELD=VALUE`; `nil` where they are none
  init?(_ words: String) {
    guard let sign = words.firstIndex(of: "="), sign > words.startIndex else { return nil }
    (field, value) = (String(words[..<sign]), String(words[words.index(after: sign)...]))
  }

  /// Whether a value, as JSON has it, is the one: a word by itself, all else as it is written.
  func accepts(_ json: [UInt8]) -> Bool {
    guard let word = try? JSON(row: json, name: "").string() else {
      return json.elementsEqual(value.utf8)
    }
    return word == value
  }
}

/// The rows that count: those that meet all conditions.
struct RowFilter: Sendable {
  private let conditions: [RowCondition]
  /// The names that rows have, and how many rows there are, and count.
  private var known: Set<String> = []
  private var counts = (rows: 0, kept: 0)

  // Names that are remembered for a message.
  private static let mostKnown = 1000

  /// `nil` without conditions.
  init?(_ conditions: [RowCondition]) {
    guard !conditions.isEmpty else { return nil }
    self.conditions = conditions
  }

  /// Whether a row counts.
  mutating func accepts(_ row: InputRow) -> Bool {
    var met: Set<Int> = []
    row.source.eachMember { name, _, value in
      if known.count < Self.mostKnown { known.insert(name) }
      for (index, condition) in conditions.enumerated()
      where condition.field == name && condition.accepts(value) { met.insert(index) }
    }
    counts.rows += 1
    guard met.count == conditions.count else { return false }
    counts.kept += 1
    return true
  }

  /// - Throws: where no row has a member that is asked for, or none counts
  func finish() throws {
    guard counts.rows > 0, counts.kept == 0 else { return }
    if known.count < Self.mostKnown,
      let unknown = conditions.first(where: { !known.contains($0.field) })
    {
      throw FileError(
        "--where: no row has `\(unknown.field)`"
          + (known.isEmpty ? ": rows are texts alone" : "; there are \(listed(known.sorted()))"))
    }
    let words = conditions.map { "\($0.field)=\($0.value)" }.joined(separator: " and ")
    throw FileError("--where: none of the \(counts.rows) rows has \(words)")
  }
}
