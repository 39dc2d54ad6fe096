import Tensors

/// What a token is at the start: its word, its place and its segment, added and normalised.
struct InputEmbeddings: Sendable {
  let words, positions: Tensor
  let segments: Tensor?
  let norm: LayerNorm
  /// The row of the position table that a text's first token takes.
  let firstPosition: Int

  /// - Parameters:
  ///   - positions, segments: how many rows those tables have; no segments with 0
  init(
    _ weights: Weights, hidden: Int, vocabulary: Int, positions: Int, segments: Int,
    epsilon: Float, firstPosition: Int = 0
  ) throws {
    words = try weights.table("word_embeddings.weight", vocabulary, hidden)
    self.positions = try weights.table("position_embeddings.weight", positions, hidden)
    self.segments =
      segments > 0 ? try weights.table("token_type_embeddings.weight", segments, hidden) : nil
    norm = try LayerNorm(weights["LayerNorm"], hidden, epsilon: epsilon)
    self.firstPosition = firstPosition
  }

  /// - Shapes: N tokens → `[N, H]`
  func callAsFunction(_ batch: TokenBatch) -> Tensor {
    let places = batch.packing.perRow { _, place in Int32(firstPosition + place) }
    var lookups = [(table: words, rows: batch.ids)]
    if let segments { lookups.append((segments, batch.segments)) }
    lookups.append((positions, places))
    return norm(Tensor.gather(lookups))
  }
}
