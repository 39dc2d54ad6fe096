import Synchronization
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
    let made = LengthCache { tokens, _ in
      RelativePositionBias(
        rows: rows(RelativePositionBias.distances(tokens: tokens)), tokens: tokens)
    }
    self.init(make: { made($0) })
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
        shape, queries: vectors.queries?(batch), shift: vectors.shift, keys: vectors.keys?(batch),
        segments: vectors.segments.map {
          SegmentScores($0.vectors, shift: $0.shift, segments: batch.segments)
        })
    })
  }
}

/// A layer's vectors for distances: a linear layer's outputs for inputs that all layers share.
struct DistanceInputs: Sendable {
  // Longer texts recompute theirs in each layer, which costs little next to the rest.
  private static let mostKept = 512

  private let rows: LengthCache<(tokens: Int, rows: Tensor)>

  /// - Parameter rows: the inputs `[distances, H]` for distances from a token to another
  init(
    _ rows: @escaping @Sendable (_ distances: Range<Int>, _ training: TrainingPass?) -> Tensor
  ) {
    self.rows = LengthCache { ($0, rows(DistanceVectors.distances(tokens: $0), $1)) }
  }

  /// - Shapes: the layer `[A·D, H]`
  func vectors(_ layer: Linear) -> LengthCache<DistanceVectors> {
    LengthCache(mostKept: Self.mostKept) { [rows] tokens, training in
      let made = rows(tokens: tokens, training)
      return DistanceVectors(rows: layer(made.rows), tokens: made.tokens)
    }
  }
}

/// A value for texts up to a number of tokens, made again for a longer text. In training nothing is
/// kept, since each batch has derivatives of its own.
final class LengthCache<Value: Sendable>: Sendable {
  private let make: @Sendable (_ tokens: Int, _ training: TrainingPass?) -> Value
  private let mostKept: Int
  private let made = Mutex<(tokens: Int, value: Value)?>(nil)

  /// - Parameter mostKept: for longer texts the value is recomputed each time, not kept in memory
  init(
    mostKept: Int = .max,
    _ make: @escaping @Sendable (_ tokens: Int, _ training: TrainingPass?) -> Value
  ) {
    self.mostKept = mostKept
    self.make = make
  }

  /// The value for the longest text of a batch.
  func callAsFunction(_ batch: TokenBatch) -> Value {
    self(tokens: batch.layout.longest, batch.training)
  }

  /// The value for texts of `tokens` tokens or more.
  func callAsFunction(tokens: Int, _ training: TrainingPass? = nil) -> Value {
    // A text without tokens has no distances, of which there has to be one.
    guard training == nil, tokens <= mostKept else { return make(max(1, tokens), training) }
    return made.withLock { made in
      if let made, made.tokens >= tokens { return made.value }
      // Twice as many, so that growing text by text costs no more than making it once.
      let enough = min(mostKept, max(tokens, 2 * (made?.tokens ?? 8)))
      let value = make(enough, nil)
      made = (enough, value)
      return value
    }
  }
}

extension TrainingPass {
  /// The same for what all texts of a step have in common.
  var ofAllTexts: TrainingPass {
    var pass = TrainingPass(
      dropout: dropout, seed: seed, step: step, texts: [0], recomputes: recomputes)
    (pass.rates, pass.layer) = (rates, layer)
    return pass
  }
}
