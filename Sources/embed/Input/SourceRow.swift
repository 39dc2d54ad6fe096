import ModelFiles

/// What a row was read from, as far as the output repeats it.
enum SourceRow: Sendable, Equatable {
  /// A line is its text.
  case line
  case object(SourceObject)
  case record(SourceRecord)
  /// A file that is one text, by its path.
  case file(String)
  /// An object of which the row has every member: its name, a letter for its kind, and its value.
  case members
  /// What could not be parsed is not repeated.
  case nothing
}

/// The fields and columns that the output sets itself, and so does not repeat from the input.
struct ReservedFields: OptionSet, Sendable {
  let rawValue: UInt16

  static let text = ReservedFields(rawValue: 1)
  static let embedding = ReservedFields(rawValue: 2)
  static let tokens = ReservedFields(rawValue: 4)
  static let error = ReservedFields(rawValue: 8)
  static let score = ReservedFields(rawValue: 16)
  static let label = ReservedFields(rawValue: 32)
  static let logits = ReservedFields(rawValue: 64)
  /// The query and the rank among its documents.
  static let rank = ReservedFields(rawValue: 128)
  static let row = ReservedFields(rawValue: 256)
  static let retrieved = ReservedFields(rawValue: 512)
  static let cluster = ReservedFields(rawValue: 1024)
  /// What is called text, whether the text was read from it or not.
  static let named = ReservedFields(rawValue: 2048)

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// What the field or column whose name `isName` tells is reserved for; `field` holds the text.
  init(field: FieldNames, isName: (String) -> Bool) {
    self = field.isPart(isName) ? .text : []
    for (known, field) in Self.known where isName(known) { insert(field) }
  }

  private static let known: [(String, ReservedFields)] = [
    ("embedding", .embedding), ("tokens", .tokens), ("truncated", .tokens), ("error", .error),
    ("score", .score), ("label", .label), ("logits", .logits), ("query", .rank), ("rank", .rank),
    ("row", .row), ("retrieved", .retrieved), ("cluster", .cluster), ("text", .named),
  ]
}

/// A JSON object as its line has it, and the positions of the fields that may have to go.
struct SourceObject: Sendable, Equatable {
  let bytes: [UInt8]
  /// The reserved fields, in their order.
  private let fields: [Field]
  private let fieldCount: Int
  /// The offset for a new last field: after the last one's value, or after the brace.
  private let end: Int

  private struct Field: Sendable, Equatable {
    /// Where the inner object that it is a field of begins; `nil` for one of the outermost.
    let parent: Int?
    let reserved: ReservedFields
    /// How many fields stand before it.
    let index: Int
    /// From the key's quote to the value's last byte.
    let range: Range<Int>
    /// The end of the value before it; its own start when it is the first.
    let endBefore: Int
    /// The start of the key after it; its own end when it is the last.
    let startAfter: Int
  }

  /// - `field`: what holds the text.
  init(_ object: JSON, field: FieldNames) {
    bytes = object.documentBytes
    let own = Self.fields(of: object, inside: nil) {
      ReservedFields(field: field, isName: $0.isString)
    }
    (fieldCount, end) = (object.count, own.end)
    let inner = field.innerFields(of: object).flatMap { parent, name in
      Self.fields(of: parent, inside: parent.sourceRange.lowerBound) {
        $0.isString(name) ? .text : []
      }.fields
    }
    fields =
      inner.isEmpty
      ? own.fields : (own.fields + inner).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The fields of an object that `reserved` finds so by their keys, and the end of its last field.
  private static func fields(
    of object: JSON, inside parent: Int?, reserved: (JSON) -> ReservedFields
  ) -> (fields: [Field], end: Int) {
    let members = Array(object.members)
    let ranges = members.map { $0.key.sourceRange.lowerBound..<$0.value.sourceRange.upperBound }
    let fields = members.indices.compactMap { index -> Field? in
      let reserved = reserved(members[index].key)
      if reserved.isEmpty { return nil }
      return Field(
        parent: parent, reserved: reserved, index: index, range: ranges[index],
        endBefore: index > 0 ? ranges[index - 1].upperBound : ranges[index].lowerBound,
        startAfter: index + 1 < members.count
          ? ranges[index + 1].lowerBound : ranges[index].upperBound)
    }
    return (fields, ranges.last?.upperBound ?? object.sourceRange.lowerBound + 1)
  }

  /// The reserved fields that it has.
  var reserved: ReservedFields { fields.reduce([]) { $0.union($1.reserved) } }

  /// Appends the object without these fields, up to where new ones belong; the caller adds those
  /// and then `bytes[rest]`. Every other byte stays as it is, but for the comma before each dropped
  /// field, or behind it where no field stays before it.
  func appendKept(
    without dropped: ReservedFields, to output: inout [UInt8]
  ) -> (isEmpty: Bool, rest: Range<Int>) {
    var copied = 0
    var cuts = 0
    // Those of an inner object come one after the other, or what is between them stays.
    var inner = (parent: 0, cuts: 0)
    for field in fields where !field.reserved.isDisjoint(with: dropped) {
      // It may be in one that was dropped.
      guard field.range.lowerBound >= copied else { continue }
      if let parent = field.parent, parent != inner.parent { inner = (parent, 0) }
      let isLeading = (field.parent == nil ? cuts : inner.cuts) == field.index
      let start = isLeading ? field.range.lowerBound : field.endBefore
      output += bytes[copied..<max(copied, start)]
      copied = isLeading ? field.startAfter : field.range.upperBound
      if field.parent == nil { cuts += 1 } else { inner.cuts += 1 }
    }
    let rest = max(copied, end)
    output += bytes[copied..<rest]
    return (cuts == fieldCount, rest..<bytes.count)
  }
}

/// The columns of a csv or tsv file, shared by its rows.
final class Columns: Sendable {
  let names: Cells
  /// The columns that make the text.
  private let textColumns: [Int]
  let reserved: [ReservedFields]

  /// Reads a header, which is at `location`.
  init(
    _ names: Cells, field: FieldNames, _ format: InputFormat, _ location: RowLocation
  ) throws(RowProblem) {
    let (found, missing) = field.columns(of: names)
    if let missing {
      let all = (0..<names.count).map { String(decoding: names[$0], as: UTF8.self) }
      let isQuoted = format == .tsv && all.contains { $0.hasPrefix("\"") }
      throw RowProblem(
        location,
        "no column `\(missing)`; the header has \(listed(all)); name one with --field"
          + (isQuoted ? ", or read quotes with --input csv --delimiter tab" : ""))
    }
    if let several = found.first(where: { $0.count > 1 }) {
      let name = String(decoding: names[several[0]], as: UTF8.self)
      throw RowProblem(
        location, "\(several.count) columns are named `\(name)`; rename all but one")
    }
    let text = found.flatMap { $0 }
    reserved = (0..<names.count).map { column in
      let own = ReservedFields(field: field) { names[column].elementsEqual($0.utf8) }
      return text.contains(column) ? own.union(.text) : own.subtracting(.text)
    }
    (self.names, textColumns) = (names, text)
  }

  /// The text of a row: its cells with line feeds between them.
  func text(of cells: Cells) -> [UInt8] {
    var text = Array(cells[textColumns[0]])
    for column in textColumns.dropFirst() {
      text.append(UInt8(ascii: "\n"))
      text += cells[column]
    }
    return text
  }
}

/// One row of a csv or tsv file.
struct SourceRecord: Sendable, Equatable {
  let columns: Columns
  /// As many as there are columns.
  let cells: Cells

  /// What its cells take, empty ones too.
  var byteCount: Int { cells.bytes.count + MemoryLayout<Int>.stride * cells.count }

  static func == (a: SourceRecord, b: SourceRecord) -> Bool {
    a.cells == b.cells && a.columns.names == b.columns.names
  }

  /// Appends `"column":"cell",` for every column but these.
  func appendFields(without dropped: ReservedFields, to output: inout [UInt8]) {
    for column in columns.reserved.indices where columns.reserved[column].isDisjoint(with: dropped)
    {
      output.appendJSON(string: columns.names[column])
      output.append(UInt8(ascii: ":"))
      output.appendJSON(string: cells[column])
      output.append(UInt8(ascii: ","))
    }
  }
}
