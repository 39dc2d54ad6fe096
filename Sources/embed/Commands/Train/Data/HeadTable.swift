import ModelFiles

/// The first rows of a file, by columns.
struct HeadTable {
  let names: [String]
  let kinds: [CellKind]
  let hasHeader: Bool
  private let file: String

  init(_ head: [TableRow], _ request: ColumnRequest, file: String) throws {
    self.file = file
    let first = head[0]
    if first.names != nil {
      names = first.listing
      hasHeader = true
      kinds = names.map { name in Self.kind(head.compactMap { $0.member(name)?.kind }) }
      return
    }
    let rest = head.dropFirst()
    // The first row, too, may lack texts, if it is no header.
    let count = request.mayLackTexts ? head.map(\.cells.count).max() ?? 0 : first.cells.count
    let below = (0..<count).map { column in
      // Of a header alone nothing is known.
      rest.isEmpty
        ? .text
        : Self.kind(
          rest.compactMap { $0.cells.indices.contains(column) ? $0.cells[column].kind : nil })
    }
    hasHeader = Self.isHeader(first, below, request)
    if hasHeader {
      (names, kinds) = (first.listing, Array(below.prefix(first.cells.count)))
      if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
        throw RowProblem(
          first.location,
          "\(names.count { $0 == twice }) columns are named `\(twice)`; rename all but one")
      }
    } else {
      let kinds = below.indices.map { column in
        Self.kind([
          first.cells.indices.contains(column) ? first.cells[column].kind : .empty, below[column],
        ])
      }
      let hasPoint = head.contains { $0.cells.last?.bytes.contains(UInt8(ascii: ".")) ?? false }
      (names, self.kinds) = (Self.names(kinds, request, label: hasPoint ? "score" : "label"), kinds)
    }
  }

  /// What the cells of a column are: one thing, or else texts, or what a mistake is among.
  private static func kind(_ cells: [CellKind]) -> CellKind {
    let kinds = Set(cells).subtracting([.empty])
    guard kinds.count > 1 else { return kinds.first ?? .empty }
    return [.text, .list, .texts].first(where: kinds.contains) ?? .other
  }

  /// Whether the first row names columns: by known or asked names, else where it has words over
  /// numbers, else where all of it could be names.
  private static func isHeader(
    _ first: TableRow, _ below: [CellKind], _ request: ColumnRequest
  ) -> Bool {
    let names = first.listing
    if names.contains(where: { ColumnNaming.isKnown($0) || request.names.contains($0) }) {
      return true
    }
    if first.cells.contains(where: { $0.kind != .text }) { return false }
    if below.contains(where: { $0 == .number || $0 == .list }) { return true }
    return names.count > 1 && Set(names).count == names.count
      && names.allSatisfy { name in
        name.utf8.count <= 32
          && name.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
      }
  }

  /// Names for a file without a header: those that are asked for, by their places, or usual ones.
  private static func names(
    _ kinds: [CellKind], _ request: ColumnRequest, label: String
  ) -> [String] {
    if request.names.count == kinds.count { return request.names }
    let texts = kinds.indices.filter { kinds[$0] == .text }
    let hasLabel = kinds.last.map { $0 != .text && $0 != .empty } ?? false
    var names =
      request.mayLackTexts
      ? ColumnNaming.translations(texts.count)
      : ColumnNaming.standard(texts: texts.count, label: hasLabel)
    if let asked = request.texts, asked.count == texts.count { names = asked }
    var label = label
    if case .named(let name) = request.label { label = name }
    return kinds.indices.map { column in
      if let index = texts.firstIndex(of: column) { return names[index] }
      return column == kinds.count - 1 && hasLabel ? label : "column \(column + 1)"
    }
  }

  func index(of name: String) throws -> Int {
    if let index = names.firstIndex(of: name) { return index }
    let near = nearestName(to: name, among: names)
    throw FileError(
      "\(file): no column `\(name)`; there are \(listed(names))"
        + (near.map { "; did you mean `\($0)`?" } ?? "")
        + (hasHeader ? "" : " (its first row is no header)"))
  }
}
