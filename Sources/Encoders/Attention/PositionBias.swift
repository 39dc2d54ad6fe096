import Tensors

/// What makes the part of a layer's scores that depends on where tokens stand.
struct PositionBias: Sendable {
  private let make: @Sendable (TokenBatch) -> any ScoreBias

  func callAsFunction(_ batch: TokenBatch) -> any ScoreBias { make(batch) }
}

extension PositionBias {
  /// A number for each head and distance.
  /// - Parameter rows: `[distances, A]`, of distances that are the key's position less the query's
  init(_ rows: @escaping @Sendable (_ distances: Range<Int>) -> Tensor) {
    let made = LengthCache { tokens in
      RelativePositionBias(
        rows: rows(RelativePositionBias.distances(tokens: tokens)), tokens: tokens)
    }
    self.init(make: { made(tokens: $0.layout.longest) })
  }

  /// Rows of a table, which distances share.
  /// - Parameter table: `[buckets, A]`
  init(_ table: Tensor, bucket: @escaping @Sendable (_ distance: Int) -> Int) {
    self.init { distances in Tensor.gather([(table, distances.map { Int32(bucket($0)) })]) }
  }
}

extension PositionBias {
  /// What a layer scores queries and keys with beside each other.
  struct Vectors: Sendable {
    /// For the distances from a query to the keys, and from a key to the queries.
    var queries, keys: LengthCache<DistanceVectors>?
    /// `[A·D]`, added to queries first.
    var shift: Tensor?
    /// `[A, D]` for keys of another segment than the query's, and what is added to queries for them.
    var segments: (vectors: Tensor, shift: Tensor)?
  }

  /// Scores of queries and keys with vectors that a layer makes of distances.
  init(_ vectors: Vectors, _ shape: AttentionShape) {
    self.init(make: { batch in
      RelativePositionScores(
        shape, queries: vectors.queries?(tokens: batch.layout.longest), shift: vectors.shift,
        keys: vectors.keys?(tokens: batch.layout.longest),
        segments: vectors.segments.map {
          SegmentScores($0.vectors, shift: $0.shift, segments: batch.segments)
        })
    })
  }
}
