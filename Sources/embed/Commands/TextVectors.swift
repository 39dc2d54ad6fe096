import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// Texts and the vectors of all of them, for commands that look at them together.
struct TextVectors: Sendable {
  let texts: [[UInt8]]
  /// - Shapes: `[texts, E]`
  let vectors: Matrix

  /// Reads all rows and embeds them, one window after the other.
  /// - Throws: for the first row that cannot be read; `CancellationError` after an interrupt
  init(
    reading reader: RowReader, _ embedder: Embedder, _ route: Route, _ model: ModelOptions
  ) throws {
    var reader = reader
    var progress = model.progress(total: reader.totalBytes)
    var (texts, parts, cut) = ([[UInt8]](), [Tensor](), 0)
    let size = min(4096, WindowSize(dimension: embedder.dimension).mostRows)
    while let rows = try reader.window(upTo: size) {
      let read = try rows.map { try $0.requiredText() }
      // In the end there are two of each vector: in its part, and among all.
      try MemoryBound.check(
        texts.count + read.count, embedder.dimension, 4,
        for: "embedding \(texts.count + read.count) texts, to look at them together,")
      let made = try embedder.finiteVectors(of: read, route) { "\(rows[$0].location)" }
      texts += read
      parts.append(made.vectors.tensor)
      cut += made.cut
      progress.update(rows: texts.count, bytes: reader.bytesRead)
    }
    progress.erase()
    model.messages.noteCut(cut, of: route)
    self.texts = texts
    vectors =
      parts.isEmpty ? Matrix(columns: embedder.dimension, []) : Matrix(Tensor.stacked(parts))
  }
}

extension Embedder {
  /// The vectors of texts, all of them finite, and how many of the texts were cut.
  /// - Parameter location: how an error names a text, by its index
  func finiteVectors(
    of texts: [[UInt8]], _ route: Route, location: @Sendable (Int) -> String
  ) throws -> (vectors: Matrix, cut: Int) {
    let encodings = try model.encodings(of: texts, by: route, named: location)
    let vectors = try vectors(of: encodings, by: route) { Interrupt.requested }
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) {
      throw model.notFinite(location(row))
    }
    return (vectors, encodings.count(where: \.truncated))
  }
}

extension Messages {
  /// Says how many texts were longer than the model reads.
  func noteCut(_ count: Int, of route: Route, advice: String = "") {
    guard count > 0, let limit = route.limit else { return }
    note(
      "\(count) \(count == 1 ? "text was" : "texts were") longer than \(limit) tokens and cut"
        + advice)
  }
}

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

  /// Makes a problem of each row whose vector is not finite.
  /// - Parameter vectors: one for each row that has a text
  /// - Returns: those of the rows that stay
  mutating func refuseInfinite(_ vectors: Matrix, _ reason: String) -> Matrix {
    let kept = (0..<vectors.rows).filter { vectors.isFinite(row: $0) }
    guard kept.count < vectors.rows else { return vectors }
    var next = 0
    rows = rows.map { row in
      guard row.text != nil else { return row }
      defer { next += 1 }
      return vectors.isFinite(row: next) ? row : row.failing(reason)
    }
    encodings = kept.map { encodings[$0] }
    return vectors.picked(kept)
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
