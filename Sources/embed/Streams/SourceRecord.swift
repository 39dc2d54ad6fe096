import ModelFiles

/// The columns of a csv or tsv file, shared by its rows.
final class Columns: Sendable {
  let names: Cells
  /// The column that holds the text.
  let textColumn: Int
  let roles: [Roles]

  /// Reads a header.
  /// - `place`: of the header, for errors.
  init(_ names: Cells, field: String, place: Place) throws {
    let roles = (0..<names.count).map { column in
      names[column].withUnsafeBytes { Roles(of: $0, field: field) }
    }
    let matches = roles.indices.filter { roles[$0].contains(.text) }
    guard let first = matches.first else {
      throw FileError(
        "\(place): no column `\(field)`; the header has \(listed(Self.strings(names)))"
          + "; name one with --field")
    }
    guard matches.count == 1 else {
      throw FileError("\(place): \(matches.count) columns are named `\(field)`; rename all but one")
    }
    (self.names, self.roles, textColumn) = (names, roles, first)
  }

  private static func strings(_ names: Cells) -> [String] {
    (0..<names.count).map { String(decoding: names[$0], as: UTF8.self) }
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

  /// Appends `"column":"cell",` for every column but those of the given roles.
  func appendMembers(without dropped: Roles, to output: inout [UInt8]) {
    for column in columns.roles.indices where columns.roles[column].isDisjoint(with: dropped) {
      output.appendJSON(string: columns.names[column])
      output.append(UInt8(ascii: ":"))
      output.appendJSON(string: cells[column])
      output.append(UInt8(ascii: ","))
    }
  }
}

/// Names for a message, `a`, `b`, `c`: the first eight, each as far as a message can bear.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(8).map { name in
    name.unicodeScalars.count <= 40
      ? "`\(name)`" : "`" + String(String.UnicodeScalarView(name.unicodeScalars.prefix(40))) + "…`"
  }
  let rest = names.count - shown.count
  return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
