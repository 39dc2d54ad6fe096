import ModelFiles

/// The rows of a table, some columns of them: csv, tsv or JSON lines.
///
/// In csv and tsv the columns are found by the header's names, in any order; where the first row
/// has none of them, it is a row like the others and the first columns are meant.
struct RecordReader {
  /// One row: the cells of the columns asked for, in their order, and where it is.
  struct Record {
    let cells: [[UInt8]]
    let place: Place
  }

  private let file: InputFile
  private let format: InputFormat
  private let columns: ColumnNames
  private var splitter: RowSplitter
  /// Where the columns lie in a row, once the first was seen.
  private var positions: [Int]?

  init(_ path: String, columns: ColumnNames) throws {
    _ = try InputFile.check(path)
    file = try InputFile(path)
    let ending = InputFormat(ending: path)
    format = ending == .lines ? .csv : ending
    self.columns = columns
    splitter = RowSplitter(quoted: format == .csv)
  }

  /// The next rows, at most so many; none at the end.
  mutating func next(upTo count: Int) throws -> [Record] {
    var records: [Record] = []
    while records.count < count, !Interrupt.requested {
      switch splitter.next() {
      case .row(let raw):
        if let record = try record(raw) { records.append(record) }
      case .hungry:
        _ = try splitter.fill(from: file, waiting: true)
      case .end:
        return records
      }
    }
    return records
  }

  /// The row, or `nil` for a header or a blank line.
  private mutating func record(_ raw: RawRow) throws -> Record? {
    let place = Place(file: file.name, line: raw.line)
    if let (place, reason) = raw.problem(in: file.name) { throw FileError("\(place): \(reason)") }
    guard !raw.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return nil }
    if format == .jsonl { return try Record(cells: members(raw, place), place: place) }
    let cells = format == .csv ? Cells(quoted: raw.bytes) : Cells(tabbed: raw.bytes)
    let all = (0..<cells.count).map { Array(cells[$0]) }
    guard let positions else {
      let named = try header(all, place)
      let positions = named ?? Array(columns.names.indices)
      self.positions = positions
      return named == nil ? try record(all, positions, place) : nil
    }
    return try record(all, positions, place)
  }

  /// Where the columns lie by the first row; `nil` when that is no header.
  /// - Throws: for a header that does not have each of them once
  private func header(_ cells: [[UInt8]], _ place: Place) throws -> [Int]? {
    let found = columns.names.map { name in
      cells.indices.filter { cells[$0].elementsEqual(name.utf8) }
    }
    guard columns.areGiven || found.contains(where: { !$0.isEmpty }) else { return nil }
    return try zip(columns.names, found).map { name, places in
      guard places.count < 2 else {
        throw FileError(
          "\(place): \(places.count) columns are named `\(name)`; rename all but one")
      }
      guard let position = places.first else {
        let row = listed(cells.map { String(decoding: $0, as: UTF8.self) })
        throw FileError(
          "\(place): no column `\(name)`; this row has \(row), should name "
            + listed(columns.names) + (columns.areGiven ? "" : ", or none if it is no header"))
      }
      return position
    }
  }

  private func record(_ cells: [[UInt8]], _ positions: [Int], _ place: Place) throws -> Record {
    guard let last = positions.max(), last < cells.count else {
      throw FileError(
        "\(place): \(cells.count) \(cells.count == 1 ? "cell" : "cells"), should be "
          + "\((positions.max() ?? 0) + 1) at least (\(columns.names.joined(separator: ", ")))")
    }
    return Record(cells: positions.map { cells[$0] }, place: place)
  }

  private func members(_ raw: RawRow, _ place: Place) throws -> [[UInt8]] {
    // The line in the file is what messages count, not the one in this document.
    let name = "the line"
    do {
      let object = try JSON(raw.bytes, name: name).object()
      return try columns.names.map { column in
        let value = try object.value(column)
        return value.kind == .number
          ? value.withSource(Array.init) : try value.withUTF8(Array.init)
      }
    } catch let error as FileError {
      let prefix = "\(name): line 1, "
      let text = error.description
      throw FileError(
        "\(place): \(text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...])")
    }
  }
}
