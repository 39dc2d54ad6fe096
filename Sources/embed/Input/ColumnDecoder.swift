import ArgumentParser
import ModelFiles

/// Reads some columns of each row of a table: in csv and tsv by the header's names, in any order;
/// where the first row has none of them, it is a row like the others, and the first columns count.
struct ColumnDecoder: RowDecoder {
  private let format: InputFormat
  private let layout: Layout
  private let columns: ColumnNames
  /// As messages name it.
  private let file: String
  /// The indices of the columns in a row, once the first was seen.
  private var indices: [Int]?

  init(_ format: InputFormat, _ layout: Layout, columns: ColumnNames, file: String) {
    (self.format, self.layout, self.columns, self.file) = (format, layout, columns, file)
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if let problem = raw.problem(in: file) { throw problem }
    if raw.isWhiteSpace { return nil }
    let fields: [[UInt8]]
    if format == .jsonl || format == .json {
      fields = try members(raw, location)
    } else {
      let cells = raw.cells(format, layout)
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
    func named(_ name: String) -> [Int] { row.indices.filter { row[$0].elementsEqual(name.utf8) } }
    let found = columns.names.map { name in
      let indices = named(name)
      return indices.isEmpty ? columns.others[name].map(named) ?? [] : indices
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
    let object = try raw.object(location, layout, example: columns.names[0])
    return try columns.names.map { name in
      if let value = object[name] { return try value.field(name, location) }
      guard let other = columns.others[name], let value = object[other] else {
        throw object.missing(name, location, "--columns")
      }
      return try value.field(other, location)
    }
  }
}

/// Names of columns, between commas.
struct ColumnNames: ExpressibleByArgument, Sendable {
  let names: [String]
  /// Whether the user said them, so that the first row must have them.
  let areGiven: Bool
  /// What else some of them may be called, where there is none of the name itself.
  let others: [String: String]

  init(_ names: [String], areGiven: Bool = false, others: [String: String] = [:]) {
    (self.names, self.areGiven, self.others) = (names, areGiven, others)
  }

  init(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    (areGiven, others) = (true, [:])
  }

  var defaultValueDescription: String { names.joined(separator: ",") }

  func check(count: Int) throws {
    guard names.count == count, Set(names).count == count, !names.contains("") else {
      throw ValidationError("--columns takes \(count) different names between commas")
    }
  }
}
