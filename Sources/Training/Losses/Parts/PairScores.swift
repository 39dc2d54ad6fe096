import Tensors

/// The similarity of each row of one tensor with the same row of another, and the way back.
struct PairScores {
  /// By the names of sentence-transformers' functions.
  enum Similarity: String, CaseIterable, Sendable {
    case dot = "pairwise_dot_score"
    case cosine = "pairwise_cos_sim"
    /// −‖a − b‖
    case euclidean = "pairwise_euclidean_sim"
    /// −Σ |a − b|
    case manhattan = "pairwise_manhattan_sim"
  }

  let values: [Double]
  private let similarity: Similarity
  private let (a, b): (Tensor, Tensor)

  /// - Shapes: `[B, E]` both
  init(_ a: Tensor, _ b: Tensor, _ similarity: Similarity) {
    (self.a, self.b, self.similarity) = (a, b, similarity)
    values =
      switch similarity {
      case .dot: a.rowProducts(with: b)
      case .cosine: PairCosines(a, b).values
      case .euclidean: PairDistances(a, b, .euclidean(shift: 0)).values.map { -$0 }
      case .manhattan: PairDistances(a, b, .manhattan(shift: 0)).values.map { -$0 }
      }
  }

  /// The derivatives by both sides' rows, given those by the scores.
  func derivatives(_ slopes: [Double]) -> [Tensor] {
    switch similarity {
    case .dot:
      // y = a·b, so da = dy b and db = dy a
      let factors = slopes.map { Float($0) }
      return [b.scaledRows(by: factors), a.scaledRows(by: factors)]
    case .cosine: return PairCosines(a, b).derivatives(slopes)
    case .euclidean:
      return PairDistances(a, b, .euclidean(shift: 0)).derivatives(slopes.map { -$0 })
    case .manhattan:
      return PairDistances(a, b, .manhattan(shift: 0)).derivatives(slopes.map { -$0 })
    }
  }
}

extension [[Tensor]] {
  /// Of the derivatives of one column's pairs with each of some others: by that column, and by the
  /// others.
  var byColumns: [Tensor] {
    [dropFirst().reduce(self[0][0]) { $0.adding($1[0]) }] + map { $0[1] }
  }
}

extension Tensor {
  /// Σ aᵢ bᵢ over each row and the same row of another.
  /// - Shapes: `[B, E]` both → B
  func rowProducts(with other: Tensor) -> [Double] {
    precondition(shape == other.shape, "\(shape) beside \(other.shape)")
    return withFloats { a in
      other.withFloats { b in
        (0..<rows).map { row in
          var sum = 0.0
          for index in row * columns..<(row + 1) * columns {
            sum += Double(a[index]) * Double(b[index])
          }
          return sum
        }
      }
    }
  }
}
