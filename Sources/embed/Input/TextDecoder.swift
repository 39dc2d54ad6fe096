import ModelFiles

/// Reads the text of each row, and keeps the row so that it can be written again.
struct TextDecoder: RowDecoder {
  private let format: InputFormat
  private let layout: Layout
  private let field: FieldNames
  /// As messages name it.
  private let file: String
  /// Those of the header, once it has been read.
  private var columns: Columns?

  init(_ format: InputFormat, _ layout: Layout, field: FieldNames, file: String) {
    (self.format, self.layout, self.field, self.file) = (format, layout, field, file)
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if isBlank(raw) { return nil }
    if let problem = raw.problem(in: file) {
      // A table without its header has no rows, and a file that is cut short may lack any number.
      let isTable = format == .csv || format == .tsv
      guard raw.fault?.endsFile != true, !isTable || columns != nil else { throw problem }
      return InputRow(
        fields: .failure(problem), source: format == .files ? .file(file) : .nothing,
        location: problem.location)
    }
    switch format {
    case .lines: return InputRow(fields: .success([raw.bytes]), source: .line, location: location)
    case .files:
      return InputRow(fields: .success([raw.bytes]), source: .file(file), location: location)
    case .jsonl, .json: return valueRow(raw, location)
    case .csv, .tsv:
      let cells = raw.cells(format, layout)
      guard let columns else {
        self.columns = try Columns(cells, field: field, format, location)
        return nil
      }
      return recordRow(cells, columns, location)
    }
  }

  /// Whether it is a line between rows: of JSON lines one of white space; of a table an empty one,
  /// unless a single column makes that an empty text.
  private func isBlank(_ raw: RawRow) -> Bool {
    guard raw.fault == nil else { return false }
    return switch format {
    case .lines, .files: false
    case .jsonl, .json: raw.isWhiteSpace
    case .csv, .tsv: raw.bytes.isEmpty && columns?.names.count != 1
    }
  }

  private func recordRow(_ cells: Cells, _ columns: Columns, _ location: RowLocation) -> InputRow {
    let expected = columns.names.count
    guard cells.count == expected else {
      let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
      let mark = layout.delimiter == Delimiter.comma ? "commas" : Delimiter.name(layout.delimiter)
      let advice =
        format == .csv ? "quote cells that contain \(mark)" : "a cell cannot contain a tab"
      let problem = RowProblem(location, "\(found), the header has \(expected); \(advice)")
      return InputRow(fields: .failure(problem), source: .nothing, location: location)
    }
    return InputRow(
      fields: .success([columns.text(of: cells)]),
      source: .record(SourceRecord(columns: columns, cells: cells)), location: location)
  }

  private func valueRow(_ raw: RawRow, _ location: RowLocation) -> InputRow {
    var source = SourceRow.nothing
    do throws(RowProblem) {
      let value = try raw.json(location, isLine: !layout.isJSON)
      // An array may be of texts alone.
      if layout.isJSON, let text = value.utf8 {
        return InputRow(fields: .success([text]), source: .line, location: location)
      }
      let object = try value.asObject(location, example: field.text, isLine: !layout.isJSON)
      source = .object(SourceObject(object, field: field))
      return InputRow(
        fields: .success([try field.text(of: object, location)]), source: source,
        location: location)
    } catch {
      return InputRow(fields: .failure(error), source: source, location: location)
    }
  }
}

extension RawRow {
  /// The cells of a row of a table.
  func cells(_ format: InputFormat, _ layout: Layout) -> Cells {
    format == .csv ? Cells(quoted: bytes, delimiter: layout.delimiter) : Cells(tabbed: bytes)
  }
}
