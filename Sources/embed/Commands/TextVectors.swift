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
    while let rows = try reader.window() {
      let read = try rows.map { try $0.requiredText() }
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
      parts.isEmpty
      ? Matrix(columns: embedder.dimension, []) : Matrix(Tensor.stacked(parts))
  }
}

extension Embedder {
  /// The vectors of texts, all of them finite, and how many of the texts were cut.
  /// - Parameter location: how an error names a text, by its index
  func finiteVectors(
    of texts: [[UInt8]], _ route: Route, location: (Int) -> String
  ) throws -> (vectors: Matrix, cut: Int) {
    let encodings = try model.encodings(of: texts, by: route)
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
