import Tensors

/// Scores of queries and keys with vectors that a layer makes of distances.
struct RelativePlaces: PositionBias {
  let heads: Int
  /// D, the columns of a head.
  let headSize: Int
  var queries, keys: LengthCache<DistanceVectors>?
  /// `[A·D]`, added to queries first.
  var queryShift: Tensor?
  var segments: SegmentVectors?

  func bias(_ projected: Tensor, _ batch: TokenBatch) -> any ScoreBias {
    let (width, tokens) = (heads * headSize, batch.layout.longest)
    func term(
      _ vectors: LengthCache<DistanceVectors>?, _ columns: Range<Int>, shift: Tensor?
    ) -> RelativePositionScores.Term? {
      vectors.map { .init(Columns(projected, columns), $0(tokens: tokens), shift: shift) }
    }
    return RelativePositionScores(
      size: headSize, queries: term(queries, 0..<width, shift: queryShift),
      keys: term(keys, width..<2 * width, shift: nil),
      segments: segments.map { segments in
        SegmentScores(
          Columns(projected, 0..<width), segments.vectors, shifts: segments.shifts,
          segments: batch.segments)
      })
  }
}

/// What tokens of different segments are scored with.
struct SegmentVectors: Sendable {
  /// `[A, D]`
  let vectors: Tensor
  /// A numbers, added to the products.
  let shifts: [Float]
}

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
