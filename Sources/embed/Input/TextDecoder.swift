import ModelFiles

/// Reads the text of each row, and keeps the row so that it can be written again.
struct TextDecoder: RowDecoder {
  let format: InputFormat
  let field: String
  /// As messages name it.
  let file: String
  /// Those of the header, once it has been read.
  private var columns: Columns?

  init(_ format: InputFormat, field: String, file: String) {
    (self.format, self.field, self.file) = (format, field, file)
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = RowLocation(file: file, line: raw.line)
    if isBlank(raw) { return nil }
    if let problem = raw.problem(in: file) {
      // A table without its header has no rows.
      guard format == .lines || format == .jsonl || columns != nil else { throw problem }
      return InputRow(fields: .failure(problem), source: .nothing, location: problem.location)
    }
    switch format {
    case .lines: return InputRow(fields: .success([raw.bytes]), source: .line, location: location)
    case .jsonl: return objectRow(raw, location)
    case .csv, .tsv:
      let cells = format == .csv ? Cells(quoted: raw.bytes) : Cells(tabbed: raw.bytes)
      guard let columns else {
        self.columns = try Columns(cells, field: field, location)
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
    case .lines: false
    case .jsonl: raw.isWhiteSpace
    case .csv, .tsv: raw.bytes.isEmpty && columns?.names.count != 1
    }
  }

  private func recordRow(_ cells: Cells, _ columns: Columns, _ location: RowLocation) -> InputRow {
    let expected = columns.names.count
    guard cells.count == expected else {
      let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
      let advice =
        format == .csv ? "quote cells that contain commas" : "a cell cannot contain a tab"
      let problem = RowProblem(location, "\(found), the header has \(expected); \(advice)")
      return InputRow(fields: .failure(problem), source: .nothing, location: location)
    }
    return InputRow(
      fields: .success([Array(cells[columns.textColumn])]),
      source: .record(SourceRecord(columns: columns, cells: cells)), location: location)
  }

  private func objectRow(_ raw: RawRow, _ location: RowLocation) -> InputRow {
    var source = SourceRow.nothing
    do throws(RowProblem) {
      let object = try raw.object(location, example: field)
      source = .object(SourceObject(object, line: raw.bytes, field: field))
      guard let text = object[field] else { throw object.missing(field, location, "--field") }
      guard let bytes = text.utf8 else {
        throw RowProblem(location, "`\(field)` is \(text.found), should be a string")
      }
      return InputRow(fields: .success([bytes]), source: source, location: location)
    } catch {
      return InputRow(fields: .failure(error), source: source, location: location)
    }
  }
}

extension RawRow {
  /// Whether there is nothing but white space in it.
  var isWhiteSpace: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  /// The object that a row of JSON lines is.
  /// - Parameter field: of an object as it should be, for an example
  func object(_ location: RowLocation, example field: String) throws(RowProblem) -> JSON {
    let json: JSON
    do throws(JSONSyntaxError) {
      json = try JSON(row: bytes, name: "\(location)")
    } catch {
      throw RowProblem(location, "not JSON: column \(error.offset + 1): \(error.problem)")
    }
    guard json.kind == .object else {
      throw RowProblem(
        location, "\(json.found), should be an object such as {\"\(field)\":\"…\"}")
    }
    return json
  }
}

extension JSON {
  /// What is wrong with an object that has no field of this name.
  /// - Parameter option: the one that names fields
  func missing(_ field: String, _ location: RowLocation, _ option: String) -> RowProblem {
    let names = members.compactMap(\.key.utf8).map { String(decoding: $0, as: UTF8.self) }
    return RowProblem(
      location,
      names.isEmpty
        ? "no `\(field)` in an empty object"
        : "no `\(field)`; the object has \(listed(names)); name one with \(option)")
  }
}
