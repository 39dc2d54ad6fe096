import ModelFiles

/// Turns the raw rows of one file into rows of text, by its format.
struct RowDecoder {
  let format: InputFormat
  let field: String
  /// As messages name it.
  let file: String
  /// Those of the header, once it has been read.
  private var columns: Columns?

  init(_ format: InputFormat, field: String, file: String) {
    self.format = format
    self.field = field
    self.file = file
  }

  /// The row, or `nil` for a header or a blank line between rows. Throws only what makes the rest
  /// of the file unreadable.
  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let place = Place(file: file, line: raw.line)
    if isBlank(raw) { return nil }
    if let (place, reason) = raw.problem(in: file) {
      // A table without its header has no rows.
      guard format == .lines || format == .jsonl || columns != nil else {
        throw FileError("\(place): \(reason)")
      }
      return unreadable(place, reason)
    }
    switch format {
    case .lines: return InputRow(content: .text(raw.bytes), origin: .line, place: place)
    case .jsonl: return objectRow(raw.bytes, place)
    case .csv, .tsv:
      let cells = format == .csv ? Cells(quoted: raw.bytes) : Cells(tabbed: raw.bytes)
      guard let columns else {
        self.columns = try Columns(cells, field: field, place: place)
        return nil
      }
      return recordRow(cells, columns, place)
    }
  }

  /// Whether it is a line between rows: of JSON lines one of white space; of a table an empty one,
  /// unless a single column makes that an empty text.
  private func isBlank(_ raw: RawRow) -> Bool {
    guard raw.fault == nil else { return false }
    return switch format {
    case .lines: false
    case .jsonl: raw.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    case .csv, .tsv: raw.bytes.isEmpty && columns?.names.count != 1
    }
  }

  private func unreadable(
    _ place: Place, _ reason: String, origin: Origin = .nothing
  ) -> InputRow {
    InputRow(content: .problem("\(place): \(reason)"), origin: origin, place: place)
  }

  private func recordRow(_ cells: Cells, _ columns: Columns, _ place: Place) -> InputRow {
    let expected = columns.names.count
    guard cells.count == expected else {
      let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
      let advice =
        format == .csv ? "quote cells that contain commas" : "a cell cannot contain a tab"
      return unreadable(place, "\(found), the header has \(expected); \(advice)")
    }
    let record = SourceRecord(columns: columns, cells: cells)
    return InputRow(
      content: .text(Array(cells[columns.textColumn])), origin: .record(record), place: place)
  }
}

extension RowDecoder {
  private func objectRow(_ line: [UInt8], _ place: Place) -> InputRow {
    // The line, not the document in it, is what messages count; this name is taken off again.
    let name = "the line"
    let object: JSON
    do {
      object = try JSON(line, name: name)
      guard object.kind == .object else {
        return unreadable(
          place, "\(object.found), should be an object such as {\"\(field)\":\"…\"}")
      }
      let source = try SourceObject(object, line: line, field: field)
      guard let text = object[field] else {
        return unreadable(place, missing(in: object), origin: .object(source))
      }
      guard text.kind == .string else {
        return unreadable(
          place, "`\(field)` is \(text.found), should be a string", origin: .object(source))
      }
      return InputRow(
        content: .text(try text.withUTF8 { Array($0) }), origin: .object(source), place: place)
    } catch {
      let description = "\(error)"
      let prefix = "\(name): line 1, "
      let reason =
        description.hasPrefix(prefix) ? description.dropFirst(prefix.count) : description[...]
      return unreadable(place, "not JSON: \(reason)")
    }
  }

  private func missing(in object: JSON) -> String {
    let names = object.members.map { (try? $0.key.string()) ?? "" }
    return names.isEmpty
      ? "no `\(field)` in an empty object"
      : "no `\(field)`; the object has \(listed(names)); name one with --field"
  }
}
