import ModelFiles

/// Reads all of each row of a table: the cells of csv and tsv, a header's too; of an object every
/// member.
struct TableDecoder: RowDecoder {
  private let format: InputFormat
  private let layout: Layout
  /// As messages name it.
  private let file: String

  init(_ format: InputFormat, _ layout: Layout, file: String) {
    (self.format, self.layout, self.file) = (format, layout, file)
  }

  func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if let problem = raw.problem(in: file) { throw problem }
    if raw.isWhiteSpace { return nil }
    guard format == .jsonl || format == .json else {
      let cells = raw.cells(format, layout)
      return InputRow(
        fields: .success((0..<cells.count).map { Array(cells[$0]) }), source: .nothing,
        location: location)
    }
    let object = try raw.object(location, layout, example: "anchor")
    let fields = object.members.flatMap { member in
      [
        member.key.utf8 ?? [], CellKind(member.value).mark,
        member.value.utf8 ?? member.value.source,
      ]
    }
    return InputRow(fields: .success(fields), source: .members, location: location)
  }
}
