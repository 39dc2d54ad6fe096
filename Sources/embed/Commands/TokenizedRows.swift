import Embeddings
import ModelFiles
import Tokenizers

/// Rows with the tokens of those that have a text, in their order.
struct TokenizedRows {
  var rows: [InputRow]
  var encodings: [Encoding]

  /// A row whose text the tokenizer has no token for is given up; the others are not lost with it.
  init(_ rows: [InputRow], _ embedder: Embedder, _ prompt: PreparedPrompt) throws {
    do {
      encodings = try embedder.encodings(of: rows.compactMap(\.text), prompt)
      self.rows = rows
    } catch is FileError {
      self.rows = rows.map { row in
        guard let text = row.text else { return row }
        do {
          _ = try embedder.encoding(of: text, prompt)
          return row
        } catch {
          return row.failing("\(error)")
        }
      }
      encodings = try embedder.encodings(of: self.rows.compactMap(\.text), prompt)
    }
  }

  /// Gives rows up whose text was cut.
  mutating func refuseLong(_ limit: Int) {
    var next = encodings.makeIterator()
    rows = rows.map { row in
      guard row.text != nil, next.next()?.truncated == true else { return row }
      return row.failing(
        "the text has more than \(limit) tokens; shorten it, or let it be cut (--long cut)")
    }
    encodings.removeAll(where: \.truncated)
  }

  /// Cuts the rows before the first that has no text, and says what is wrong with that.
  mutating func stopAtProblem() -> FileError? {
    guard let first = rows.firstIndex(where: { $0.problem != nil }) else { return nil }
    let problem = rows[first].problem.map { FileError($0) }
    rows.removeSubrange(first...)
    encodings.removeSubrange(rows.count...)
    return problem
  }
}
