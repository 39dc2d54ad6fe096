/// A row of a table: cells by their places, or members by their names.
struct TableRow {
  typealias Cell = (kind: CellKind, bytes: [UInt8])

  let location: RowLocation
  /// The names of an object's members; `nil` for cells.
  let names: [[UInt8]]?
  let cells: [Cell]

  /// - Parameter row: one that `TableDecoder` made
  init(_ row: InputRow) throws {
    let fields = try row.fields.get()
    location = row.location
    guard row.source == .members else {
      (names, cells) = (nil, fields.map { (CellKind(cell: $0), $0) })
      return
    }
    let starts = Array(stride(from: 0, to: fields.count - 2, by: 3))
    names = starts.map { fields[$0] }
    cells = starts.map { start in
      (fields[start + 1].first.flatMap(CellKind.init) ?? .other, fields[start + 2])
    }
  }

  /// The names or the cells, for messages.
  var listing: [String] {
    (names ?? cells.map(\.bytes)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A member by its name, the last of several.
  func member(_ name: String) -> Cell? {
    names?.lastIndex { $0.elementsEqual(name.utf8) }.map { cells[$0] }
  }
}
