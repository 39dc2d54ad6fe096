import ArgumentParser
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
      throw RowProblem(location, "\(json.found), should be an object such as {\"\(field)\":\"…\"}")
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

/// Reads some columns of each row of a table: in csv and tsv by the header's names, in any order;
/// where the first row has none of them, it is a row like the others, and the first columns count.
struct ColumnDecoder: RowDecoder {
  private let format: InputFormat
  private let columns: ColumnNames
  /// As messages name it.
  private let file: String
  /// The indices of the columns in a row, once the first was seen.
  private var indices: [Int]?

  init(_ format: InputFormat, columns: ColumnNames, file: String) {
    (self.format, self.columns, self.file) = (format, columns, file)
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = RowLocation(file: file, line: raw.line)
    if let problem = raw.problem(in: file) { throw problem }
    if raw.isWhiteSpace { return nil }
    let fields: [[UInt8]]
    if format == .jsonl {
      fields = try members(raw, location)
    } else {
      let cells = format == .csv ? Cells(quoted: raw.bytes) : Cells(tabbed: raw.bytes)
      let row = (0..<cells.count).map { Array(cells[$0]) }
      if let indices {
        fields = try picked(indices, of: row, location)
      } else {
        let named = try header(row, location)
        let indices = named ?? Array(columns.names.indices)
        self.indices = indices
        if named != nil { return nil }
        fields = try picked(indices, of: row, location)
      }
    }
    return InputRow(fields: .success(fields), source: .nothing, location: location)
  }

  /// The indices of the columns by the first row; `nil` when that is no header.
  /// - Throws: for a header that does not have each of them once
  private func header(_ row: [[UInt8]], _ location: RowLocation) throws -> [Int]? {
    let found = columns.names.map { name in
      row.indices.filter { row[$0].elementsEqual(name.utf8) }
    }
    guard columns.areGiven || found.contains(where: { !$0.isEmpty }) else { return nil }
    return try zip(columns.names, found).map { name, indices in
      guard indices.count < 2 else {
        throw RowProblem(
          location, "\(indices.count) columns are named `\(name)`; rename all but one")
      }
      guard let index = indices.first else {
        let row = listed(row.map { String(decoding: $0, as: UTF8.self) })
        throw RowProblem(
          location,
          "no column `\(name)`; this row has \(row), should name \(listed(columns.names))"
            + (columns.areGiven ? "" : ", or none if it is no header"))
      }
      return index
    }
  }

  private func picked(
    _ indices: [Int], of row: [[UInt8]], _ location: RowLocation
  ) throws -> [[UInt8]] {
    let least = (indices.max() ?? 0) + 1
    guard least <= row.count else {
      throw RowProblem(
        location,
        "\(row.count) \(row.count == 1 ? "cell" : "cells"), should be \(least) at least "
          + "(\(columns.names.joined(separator: ", ")))")
    }
    return indices.map { row[$0] }
  }

  /// The fields of an object; a number as it is written.
  private func members(_ raw: RawRow, _ location: RowLocation) throws -> [[UInt8]] {
    let object = try raw.object(location, example: columns.names[0])
    return try columns.names.map { name in
      guard let value = object[name] else { throw object.missing(name, location, "--columns") }
      guard let field = value.utf8 ?? (value.kind == .number ? value.source : nil) else {
        throw RowProblem(location, "`\(name)` is \(value.found), should be a string or a number")
      }
      return field
    }
  }
}

/// Names of columns, between commas.
struct ColumnNames: ExpressibleByArgument {
  let names: [String]
  /// Whether the user said them, so that the first row must have them.
  let areGiven: Bool

  init(_ names: [String], areGiven: Bool = false) {
    (self.names, self.areGiven) = (names, areGiven)
  }

  init(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    areGiven = true
  }

  var defaultValueDescription: String { names.joined(separator: ",") }

  func check(count: Int) throws {
    guard names.count == count, Set(names).count == count, !names.contains("") else {
      throw ValidationError("--columns takes \(count) different names between commas")
    }
  }
}
