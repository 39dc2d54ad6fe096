import ModelFiles

/// Reads query, document and score of each judgement: of a table with BEIR's header or without one,
/// of TREC's four columns, or of objects. A judgement without a score is 1.
struct JudgementDecoder: RowDecoder {
  /// The fields that a row is made into, by the names in BEIR's header.
  static let columns = ["query-id", "corpus-id", "score"]
  // ir_datasets writes the second names, mteb's older tables the first with underscores.
  private static let names = [
    ["query-id", "query_id", "qid"], ["corpus-id", "corpus_id", "doc_id", "docid"],
    ["score", "relevance"],
  ]
  private static let unscored = Array("1".utf8)

  private let format: InputFormat
  private let layout: Layout
  /// As messages name it.
  private let file: String
  /// Where the fields are in a row, once the first was seen.
  private var order: Order?

  private struct Order {
    let query: Int
    let document: Int
    /// `nil` where there are no scores.
    let score: Int?
    /// The cells of every row, where no header names those that count.
    let count: Int?
    /// Whether spaces are between the cells, any number of them.
    let isSpaced: Bool
  }

  init(_ format: InputFormat, _ layout: Layout, file: String) {
    (self.format, self.layout, self.file) = (format, layout, file)
  }

  /// Whether a row names its columns.
  static func isHeader(_ cells: Cells) -> Bool {
    (0..<cells.count).contains { cell in
      (names[0] + names[1]).contains { cells[cell].elementsEqual($0.utf8) }
    }
  }

  mutating func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if let problem = raw.problem(in: file) { throw problem }
    if raw.isWhiteSpace { return nil }
    let fields: [[UInt8]]
    if format == .jsonl || format == .json {
      fields = try members(raw, location)
    } else if let order {
      fields = try picked(order, of: cells(raw, isSpaced: order.isSpaced), location)
    } else {
      let isSpaced = cells(raw, isSpaced: false).count == 1
      let first = cells(raw, isSpaced: isSpaced)
      let named = try header(first, isSpaced: isSpaced, location)
      let order = try named ?? unnamed(first, isSpaced: isSpaced, location)
      self.order = order
      if named != nil { return nil }
      fields = try picked(order, of: first, location)
    }
    return InputRow(fields: .success(fields), source: .nothing, location: location)
  }

  private func cells(_ raw: RawRow, isSpaced: Bool) -> [[UInt8]] {
    if isSpaced {
      return raw.bytes.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }.map(Array.init)
    }
    let cells = raw.cells(format, layout)
    return (0..<cells.count).map { Array(cells[$0]) }
  }

  /// The order that the first row names; `nil` when it is a judgement.
  private func header(
    _ row: [[UInt8]], isSpaced: Bool, _ location: RowLocation
  ) throws -> Order? {
    let texts = row.map { String(decoding: $0, as: UTF8.self) }
    let found = Self.names.map { names in texts.indices.filter { names.contains(texts[$0]) } }
    guard !found[0].isEmpty || !found[1].isEmpty else { return nil }
    for (name, indices) in zip(Self.columns, found) {
      guard indices.count < 2 else {
        throw RowProblem(
          location,
          "\(indices.count) columns are named like `\(name)`; rename all but one")
      }
      guard !indices.isEmpty || name == "score" else {
        throw RowProblem(
          location,
          "no column `\(name)`; this row has \(listed(texts)), should name `query-id`, `corpus-id` "
            + "and, where there is one, `score`")
      }
    }
    return Order(
      query: found[0][0], document: found[1][0], score: found[2].first, count: nil,
      isSpaced: isSpaced)
  }

  /// The order of columns in rows like this one where no header says it.
  private func unnamed(
    _ row: [[UInt8]], isSpaced: Bool, _ location: RowLocation
  ) throws -> Order {
    let count = row.count
    return switch count {
    case 2: Order(query: 0, document: 1, score: nil, count: count, isSpaced: isSpaced)
    case 3: Order(query: 0, document: 1, score: 2, count: count, isSpaced: isSpaced)
    // TREC's second column, the iteration, is not used.
    case 4: Order(query: 0, document: 2, score: 3, count: count, isSpaced: isSpaced)
    default:
      throw RowProblem(
        location,
        "\(count) \(count == 1 ? "cell" : "cells"), should be 2 or 3 (query-id, corpus-id, score), "
          + "or TREC's 4 (query-id, 0, corpus-id, score)")
    }
  }

  private func picked(
    _ order: Order, of row: [[UInt8]], _ location: RowLocation
  ) throws -> [[UInt8]] {
    let least = max(order.query, order.document, order.score ?? 0) + 1
    guard order.count.map({ $0 == row.count }) ?? (row.count >= least) else {
      throw RowProblem(
        location,
        "\(row.count) \(row.count == 1 ? "cell" : "cells"), should be "
          + (order.count.map { "\($0), as in the first row" } ?? "\(least) at least"))
    }
    return [row[order.query], row[order.document], order.score.map { row[$0] } ?? Self.unscored]
  }

  /// The fields of an object; a number as it is written.
  private func members(_ raw: RawRow, _ location: RowLocation) throws -> [[UInt8]] {
    let object = try raw.object(location, layout, example: Self.columns[0])
    return try zip(Self.columns, Self.names).map { column, names in
      guard let name = names.first(where: { object[$0] != nil }), let value = object[name] else {
        if column == "score" { return Self.unscored }
        throw object.missing(
          column, location, of: "`query-id`, `corpus-id` and, where there is one, `score`")
      }
      return try value.field(name, location)
    }
  }
}
