import ModelFiles

/// What a row was read from, as far as the output repeats it.
enum SourceRow: Sendable, Equatable {
  /// A line is its text.
  case line
  case object(SourceObject)
  case record(SourceRecord)
  /// What could not be parsed is not repeated.
  case nothing
}

/// The fields and columns that the output sets itself, and so does not repeat from the input.
struct ReservedFields: OptionSet, Sendable {
  let rawValue: UInt8

  static let text = ReservedFields(rawValue: 1)
  static let embedding = ReservedFields(rawValue: 2)
  static let tokens = ReservedFields(rawValue: 4)
  static let error = ReservedFields(rawValue: 8)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What the field or column whose name `isName` tells is reserved for; `field` holds the text.
  init(field: String, isName: (String) -> Bool) {
    self = isName(field) ? .text : []
    for (known, field) in Self.known where isName(known) { insert(field) }
  }

  private static let known: [(String, ReservedFields)] = [
    ("embedding", .embedding), ("tokens", .tokens), ("truncated", .tokens), ("error", .error),
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

  /// - `line`: the bytes that `object` was parsed from.
  /// - `field`: the name of the field that holds the text.
  init(_ object: JSON, line: [UInt8], field: String) {
    bytes = line
    let members = Array(object.members)
    let ranges = members.map { $0.key.sourceRange.lowerBound..<$0.value.sourceRange.upperBound }
    fieldCount = members.count
    end = ranges.last?.upperBound ?? object.sourceRange.lowerBound + 1
    fields = members.indices.compactMap { index in
      let reserved = ReservedFields(field: field, isName: members[index].key.isString)
      if reserved.isEmpty { return nil }
      return Field(
        reserved: reserved, index: index, range: ranges[index],
        endBefore: index > 0 ? ranges[index - 1].upperBound : ranges[index].lowerBound,
        startAfter: index + 1 < members.count
          ? ranges[index + 1].lowerBound : ranges[index].upperBound)
    }
  }

  /// Appends the object without these fields, up to where new ones belong; the caller adds those
  /// and then `bytes[rest]`. Every other byte stays as it is, but for the comma before each dropped
  /// field, or behind it where no field stays before it.
  func appendKept(
    without dropped: ReservedFields, to output: inout [UInt8]
  ) -> (isEmpty: Bool, rest: Range<Int>) {
    var copied = 0
    var cuts = 0
    for field in fields where !field.reserved.isDisjoint(with: dropped) {
      let isLeading = cuts == field.index
      let start = isLeading ? field.range.lowerBound : field.endBefore
      output += bytes[copied..<max(copied, start)]
      copied = isLeading ? field.startAfter : field.range.upperBound
      cuts += 1
    }
    let rest = max(copied, end)
    output += bytes[copied..<rest]
    return (cuts == fieldCount, rest..<bytes.count)
  }
}

/// The columns of a csv or tsv file, shared by its rows.
final class Columns: Sendable {
  let names: Cells
  /// The column that holds the text.
  let textColumn: Int
  let reserved: [ReservedFields]

  /// Reads a header, which is at `location`.
  init(_ names: Cells, field: String, _ location: RowLocation) throws(RowProblem) {
    let reserved = (0..<names.count).map { column in
      ReservedFields(field: field) { names[column].elementsEqual($0.utf8) }
    }
    let matches = reserved.indices.filter { reserved[$0].contains(.text) }
    guard let first = matches.first else {
      let names = (0..<names.count).map { String(decoding: names[$0], as: UTF8.self) }
      throw RowProblem(
        location, "no column `\(field)`; the header has \(listed(names)); name one with --field")
    }
    guard matches.count == 1 else {
      throw RowProblem(
        location, "\(matches.count) columns are named `\(field)`; rename all but one")
    }
    (self.names, self.reserved, textColumn) = (names, reserved, first)
  }
}

/// One row of a csv or tsv file.
struct SourceRecord: Sendable, Equatable {
  let columns: Columns
  /// As many as there are columns.
  let cells: Cells

  var bytes: [UInt8] { cells.bytes }

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
