import ModelFiles
import Tensors
import Tokenizers

/// Rows with the tokens of those that have a text, in their order.
struct TokenizedRows {
  private(set) var rows: [InputRow]
  private(set) var encodings: [Encoding]

  // Large enough a share for a thread that handing it out costs nothing beside it.
  private static let share = 64

  /// A row whose text the tokenizer has no tokens for becomes a problem; the others stay.
  init(
    _ rows: [InputRow], threads: Int, _ encoding: @Sendable ([UInt8]) throws -> Encoding
  ) throws {
    let count = (rows.count + Self.share - 1) / Self.share
    let parts = try Parallel.map(count, threads: threads) { part in
      try rows[part * Self.share..<min((part + 1) * Self.share, rows.count)].map { row in
        guard let text = row.text else { return (row: row, encoding: Encoding?.none) }
        do {
          return (row, try encoding(text))
        } catch let error as FileError {
          return (row.failing(error.description), nil)
        }
      }
    }
    self.rows = parts.flatMap { $0.map(\.row) }
    encodings = parts.flatMap { $0.compactMap(\.encoding) }
  }

  /// Makes a problem of each row whose text was cut.
  mutating func refuseLong(_ limit: Int) {
    var next = encodings.makeIterator()
    rows = rows.map { row in
      guard row.text != nil, next.next()?.truncated == true else { return row }
      return row.failing(
        "the text has more than \(limit) tokens; shorten it, or let it be cut (--long cut) or "
          + "read in chunks (--long chunk)")
    }
    encodings.removeAll(where: \.truncated)
  }

  /// Cuts the rows before the first that has no text, and returns what is wrong with that one.
  mutating func stopAtProblem() -> RowProblem? {
    guard let first = rows.firstIndex(where: { $0.problem != nil }) else { return nil }
    let problem = rows[first].problem
    cut(to: first)
    return problem
  }

  /// Keeps the first `count` rows.
  mutating func cut(to count: Int) {
    rows.removeSubrange(count...)
    encodings.removeSubrange(rows.count { $0.text != nil }...)
  }
}
