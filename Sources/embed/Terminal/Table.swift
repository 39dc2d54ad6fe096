/// Rows of cells in aligned columns, for people.
struct Table {
  /// The side of its column that a cell is aligned to.
  enum Side { case left, right }

  let sides: [Side]
  private(set) var rows: [[String]] = []

  init(_ sides: [Side], header: [String]) {
    self.sides = sides
    rows = [header]
  }

  mutating func append(_ row: [String]) { rows.append(row) }

  /// Lines with two spaces between columns.
  var text: String {
    let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return sides[column] == .left ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
