import Tensors

/// What makes the part of a layer's scores that depends on where tokens stand.
protocol PositionBias: Sendable {
  /// - Parameter projected: the queries, keys and values of the layer, side by side
  func bias(_ projected: Tensor, _ batch: TokenBatch) -> any ScoreBias
}
