import Tensors

/// A number for each head and distance.
struct DistanceBias: PlaceBias {
  private let made: ForLength<RelativeBias>

  /// - Parameter value: for a head and a distance, the key's place less the query's
  init(heads: Int, _ value: @escaping @Sendable (_ head: Int, _ distance: Int) -> Float) {
    made = ForLength { RelativeBias(heads: heads, tokens: $0, value) }
  }

  func bias(_ projected: Tensor, _ batch: TokenBatch) -> any ScoreBias {
    made(tokens: batch.packing.longest)
  }
}
