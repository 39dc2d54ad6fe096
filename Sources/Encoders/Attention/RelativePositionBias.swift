import Tensors

/// A number for each head and distance.
struct RelativePositionBias: PositionBias {
  private let made: LengthCache<RelativeBias>

  /// - Parameter value: for a head and a distance, the key's place less the query's
  init(heads: Int, _ value: @escaping @Sendable (_ head: Int, _ distance: Int) -> Float) {
    made = LengthCache { RelativeBias(heads: heads, tokens: $0, value) }
  }

  func bias(_ projected: Tensor, _ batch: TokenBatch) -> any ScoreBias {
    made(tokens: batch.layout.longest)
  }
}
