import ModelFiles

/// Reads two texts from each row of a table, and keeps the row so that it can be written again. A
/// table whose first row has neither name has no header, and its first two columns count.
struct PairDecoder: RowDecoder {
  private let format: InputFormat
  private let layout: Layout
  private let names: ColumnNames
  /// As messages name it.
  private let file: String
  /// What the first row of a table told: where the texts are, and the columns' names.
  private var table: (indices: [Int], columns: Columns?)?

  init(_ format: InputFormat, _ layout: Layout, columns: ColumnNames, file: String) {
    (self.format, self.layout, names, self.file) = (format, layout, columns, file)
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if raw.fault == nil, raw.isWhiteSpace { return nil }
    let isObject = format == .jsonl || format == .json
    if let problem = raw.problem(in: file) {
      guard raw.fault?.endsFile != true, isObject || table != nil else { throw problem }
      return InputRow(fields: .failure(problem), source: .nothing, location: problem.location)
    }
    if isObject { return objectRow(raw, location) }
    let cells = raw.cells(format, layout)
    if let table { return recordRow(cells, table.indices, table.columns, location) }
    guard let indices = try header(cells, location) else {
      table = (Array(names.names.indices), nil)
      return recordRow(cells, Array(names.names.indices), nil, location)
    }
    table = (indices, try Columns(cells, field: FieldNames(names.names[0]), format, location))
    return nil
  }

  /// The indices of the columns by the first row; `nil` where that is no header.
  private func header(_ cells: Cells, _ location: RowLocation) throws -> [Int]? {
    let found = names.names.map { name in
      (0..<cells.count).filter { cells[$0].elementsEqual(name.utf8) }
    }
    guard names.areGiven || found.contains(where: { !$0.isEmpty }) else { return nil }
    return try zip(names.names, found).map { name, indices in
      guard let index = indices.first, indices.count == 1 else {
        let all = listed((0..<cells.count).map { String(decoding: cells[$0], as: UTF8.self) })
        throw RowProblem(
          location,
          indices.isEmpty
            ? "no column `\(name)`; the header has \(all); name two with --columns A,B"
            : "\(indices.count) columns are named `\(name)`; rename all but one")
      }
      return index
    }
  }

  private func recordRow(
    _ cells: Cells, _ indices: [Int], _ columns: Columns?, _ location: RowLocation
  ) -> InputRow {
    let expected = columns?.names.count ?? names.names.count
    // Without a header, what is behind the texts is not theirs.
    guard columns == nil ? cells.count >= expected : cells.count == expected else {
      let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
      let problem = RowProblem(
        location,
        columns == nil
          ? "\(found), should be two at least (\(names.names.joined(separator: ", ")))"
          : "\(found), the header has \(expected)")
      return InputRow(fields: .failure(problem), source: .nothing, location: location)
    }
    return InputRow(
      fields: .success(indices.map { Array(cells[$0]) }),
      source: columns.map { .record(SourceRecord(columns: $0, cells: cells)) } ?? .nothing,
      location: location)
  }

  private func objectRow(_ raw: RawRow, _ location: RowLocation) -> InputRow {
    var source = SourceRow.nothing
    do throws(RowProblem) {
      let object = try raw.object(location, layout, example: names.names[0])
      source = .object(SourceObject(object, field: FieldNames(names.names[0])))
      var fields: [[UInt8]] = []
      for name in names.names {
        guard let value = object[name] else { throw object.missing(name, location, "--columns") }
        fields.append(try value.field(name, location))
      }
      return InputRow(fields: .success(fields), source: source, location: location)
    } catch {
      return InputRow(fields: .failure(error), source: source, location: location)
    }
  }
}
