import Tensors

/// A layer's vectors for distances: a linear layer's outputs for inputs that all layers share.
struct DistanceInputs: Sendable {
  // Longer texts make theirs anew in each layer, which is nothing beside what else they cost.
  private static let mostKept = 512

  private let rows: LengthCache<(tokens: Int, rows: Tensor)>

  /// - Parameter rows: the inputs `[distances, H]` for distances from a token to another
  init(_ rows: @escaping @Sendable (_ distances: Range<Int>) -> Tensor) {
    self.rows = LengthCache { ($0, rows(DistanceVectors.distances(tokens: $0))) }
  }

  /// - Shapes: the layer `[A·D, H]`
  func vectors(_ layer: Linear) -> LengthCache<DistanceVectors> {
    LengthCache(mostKept: Self.mostKept) { [rows] tokens in
      let made = rows(tokens: tokens)
      return DistanceVectors(rows: layer(made.rows), tokens: made.tokens)
    }
  }
}
