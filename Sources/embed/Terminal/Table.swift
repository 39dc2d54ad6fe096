/// Rows of cells in aligned columns, for people.
struct Table {
  /// The side of its column that a cell is aligned to.
  enum Side { case left, right }

  let sides: [Side]
  /// Whether the header is in bold.
  private let isStyled: Bool
  private(set) var rows: [[String]] = []

  init(_ sides: [Side], header: [String], isStyled: Bool = false) {
    (self.sides, self.isStyled) = (sides, isStyled)
    rows = [header]
  }

  mutating func append(_ row: [String]) { rows.append(row) }

  /// Lines with two spaces between columns.
  var text: String {
    let sizes = rows.map { $0.map(\.displayWidth) }
    let widths = sides.indices.map { column in sizes.map { $0[column] }.max() ?? 0 }
    return rows.enumerated().map { number, row in
      var line = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - sizes[number][column])
        return sides[column] == .left ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return (number == 0 && isStyled ? line.bold : line) + "\n"
    }.joined()
  }
}
