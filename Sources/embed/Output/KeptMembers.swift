import ModelFiles

/// What results keep of the rows that they are of: the rows' own members, or columns, before ours.
struct KeptMembers: Sendable {
  /// The names that were asked for; `nil` for all members but long ones.
  private let chosen: Set<String>?
  /// What results have themselves, and its names.
  private let ours: ReservedFields
  private let names: Set<String>
  private var rows: [Kept] = []
  /// The rows' own that ours stand for.
  private var replaced: ReservedFields = []
  /// Names that were met, where some were asked for.
  private var known: Set<String> = []

  private enum Kept: Sendable {
    /// What is looked at when there is a result of it: an object as it was read, or another row.
    case object([UInt8])
    case row(SourceRow)
    /// Members as JSON has them between braces.
    case members([UInt8])
  }

  // Bytes of a value: what is longer is a text to be read elsewhere.
  private static let longest = 1024
  // Of longer rows only the members are in memory.
  private static let longestRow = 4096
  // Names that are remembered for a message.
  private static let mostKnown = 1000

  /// What each of ours is called.
  private static let all: [(ReservedFields, String)] = [
    (.cluster, "cluster"), (.retrieved, "retrieved"), (.row, "row"), (.score, "score"),
    (.named, "text"),
  ]

  /// - Parameters:
  ///   - chosen: names that were asked for; `nil` for all
  ///   - ours: what results have themselves, beside the text
  ///   - text: what holds the rows' texts
  init(_ chosen: [String]?, ours: ReservedFields, text: FieldNames) {
    self.chosen = chosen.map(Set.init)
    // Where the text is read from what is called so, nothing of it is lost.
    self.ours = text.isPart({ $0 == "text" }) ? ours : ours.union(.named)
    names = Set(Self.all.filter { ours.union(.named).contains($0.0) }.map(\.1))
  }

  mutating func append(_ row: InputRow) {
    replaced.formUnion(row.source.reserved.intersection(ours))
    guard chosen != nil || row.source.byteCount > Self.longestRow else {
      if case .object(let object) = row.source { return rows.append(.object(object.bytes)) }
      return rows.append(.row(row.source))
    }
    var kept: [UInt8] = []
    row.source.eachMember { name, key, value in
      if known.count < Self.mostKnown { known.insert(name) }
      if isKept(name, value) { Self.append(key, value, to: &kept) }
    }
    rows.append(.members(kept))
  }

  private func isKept(_ name: String, _ value: [UInt8]) -> Bool {
    !names.contains(name) && (chosen?.contains(name) ?? (value.count <= Self.longest))
  }

  private static func append(_ key: [UInt8], _ value: [UInt8], to members: inout [UInt8]) {
    if !members.isEmpty { members.append(UInt8(ascii: ",")) }
    members += key
    members.append(UInt8(ascii: ":"))
    members += value
  }

  /// Says which of the rows' own members ours stand for, once all rows are read.
  /// - Throws: where no row has a member that was asked for
  func finish(_ messages: Messages) throws {
    let unknown = chosen?.subtracting(known).subtracting(names).min()
    if let unknown, !rows.isEmpty, known.count < Self.mostKnown {
      throw FileError(
        "--fields: no row has `\(unknown)`"
          + (known.isEmpty ? ": rows are texts alone" : "; there are \(listed(known.sorted()))"))
    }
    let names = Self.all.filter { replaced.contains($0.0) && chosen?.contains($0.1) ?? true }
      .map(\.1)
    guard !names.isEmpty else { return }
    messages.note(
      "the rows' own \(listed(names)) \(names.count == 1 ? "is" : "are") replaced by the result's")
  }

  /// The names of the members that results begin with, each once, in the order in which rows have them.
  var columns: [String] {
    var (seen, columns): (Set<String>, [String]) = ([], [])
    for row in rows.indices where columns.count < Self.mostKnown {
      eachMember(of: row) { name, _, _ in if seen.insert(name).inserted { columns.append(name) } }
    }
    return columns
  }

  /// The members of a row by some names: words as they are, other values as JSON has them.
  func cells(_ row: Int, _ columns: [String]) -> [ResultCell] {
    var cells: [String: ResultCell] = [:]
    guard rows.indices.contains(row) else { return columns.map { _ in .nothing } }
    eachMember(of: row) { name, _, value in
      let word = try? JSON(row: value, name: "").string()
      cells[name] = .text(word.map { Array($0.utf8) } ?? value)
    }
    return columns.map { cells[$0] ?? .nothing }
  }

  /// Hands out the members that results of a row begin with.
  private func eachMember(
    of row: Int, _ body: (_ name: String, _ key: [UInt8], _ value: [UInt8]) -> Void
  ) {
    func add(_ name: String, _ key: [UInt8], _ value: [UInt8]) {
      if isKept(name, value) { body(name, key, value) }
    }
    switch rows[row] {
    case .members(let kept):
      SourceRow.eachMember(of: [UInt8(ascii: "{")] + kept + [UInt8(ascii: "}")], add)
    case .object(let bytes): SourceRow.eachMember(of: bytes, add)
    case .row(let source): source.eachMember(add)
    }
  }

  /// A result with a row's own members first.
  func object(_ row: Int, adding fields: [(String, JSONValue)]) -> JSONValue {
    let own = JSONValue.object(fields)
    guard rows.indices.contains(row) else { return own }
    var members: [UInt8] = []
    if case .members(let kept) = rows[row] {
      members = kept
    } else {
      eachMember(of: row) { _, key, value in Self.append(key, value, to: &members) }
    }
    guard !members.isEmpty else { return own }
    return .source([UInt8(ascii: "{")] + members + [UInt8(ascii: ",")] + own.bytes.dropFirst())
  }
}

extension SourceRow {
  /// The bytes that it keeps in memory, about.
  fileprivate var byteCount: Int {
    switch self {
    case .object(let object): object.bytes.count
    case .record(let record): record.byteCount
    case .line, .file, .members, .nothing: 0
    }
  }

  /// Hands out each member or column in order: its name, and that and its value as JSON.
  func eachMember(_ body: (_ name: String, _ key: [UInt8], _ value: [UInt8]) -> Void) {
    switch self {
    case .object(let object): Self.eachMember(of: object.bytes, body)
    case .record(let record):
      for column in 0..<record.cells.count {
        let name = Array(record.columns.names[column])
        body(
          String(decoding: name, as: UTF8.self), JSONValue.utf8(name).bytes,
          JSONValue.utf8(Array(record.cells[column])).bytes)
      }
    case .file(let path): body("file", Array(#""file""#.utf8), JSONValue.string(path).bytes)
    case .line, .members, .nothing: break
    }
  }

  /// The same of an object, which was read as JSON before.
  fileprivate static func eachMember(
    of object: [UInt8], _ body: (_ name: String, _ key: [UInt8], _ value: [UInt8]) -> Void
  ) {
    guard let json = try? JSON(row: object, name: "") else { return }
    for (key, value) in json.members {
      guard let name = try? key.string() else { continue }
      body(name, key.source, value.source)
    }
  }
}
