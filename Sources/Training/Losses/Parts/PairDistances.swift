import Tensors

/// The distance of each row of one tensor from the same row of another, and the way back.
struct PairDistances {
  enum Metric: Sendable {
    /// 1 − cosine; shorter vectors count as of this length
    case cosine(shortest: Double)
    /// ‖a − b + shift‖
    case euclidean(shift: Double)
    /// Σ |a − b + shift|
    case manhattan(shift: Double)
  }

  let values: [Double]
  private let metric: Metric
  private let (a, b): (Tensor, Tensor)

  /// - Shapes: `[B, E]` both
  init(_ a: Tensor, _ b: Tensor, _ metric: Metric) {
    precondition(a.shape == b.shape, "\(a.shape) beside \(b.shape)")
    (self.a, self.b, self.metric) = (a, b, metric)
    values =
      switch metric {
      case .cosine(let shortest): PairCosines(a, b, shortest: shortest).values.map { 1 - $0 }
      case .euclidean(let shift):
        Self.sums(a, b, shift) { $0 * $0 }.map { $0.squareRoot() }
      case .manhattan(let shift): Self.sums(a, b, shift) { $0.magnitude }
      }
  }

  /// The derivatives by both sides' rows, given those by the distances.
  func derivatives(_ slopes: [Double]) -> [Tensor] {
    switch metric {
    case .cosine(let shortest):
      return PairCosines(a, b, shortest: shortest).derivatives(slopes.map { -$0 })
    case .euclidean(let shift):
      // y = ‖x‖, so dx = dy x/y; nothing where there is no distance.
      let factors = zip(slopes, values).map { $1 == 0 ? 0 : $0 / $1 }
      return bySides(shift) { factors[$0] * $1 }
    case .manhattan(let shift):
      return bySides(shift) { $1 == 0 ? 0 : $1 > 0 ? slopes[$0] : -slopes[$0] }
    }
  }

  private static func sums(
    _ a: Tensor, _ b: Tensor, _ shift: Double, _ term: (Double) -> Double
  ) -> [Double] {
    a.withFloats { x in
      b.withFloats { y in
        (0..<a.rows).map { row in
          var sum = 0.0
          for index in row * a.columns..<(row + 1) * a.columns {
            sum += term(Double(x[index]) - Double(y[index]) + shift)
          }
          return sum
        }
      }
    }
  }

  /// By a, what `slope` gives for each number's row and difference; by b, the opposite.
  private func bySides(_ shift: Double, _ slope: (Int, Double) -> Double) -> [Tensor] {
    let byFirst = Tensor(a.shape) { out in
      a.withFloats { x in
        b.withFloats { y in
          for row in 0..<a.rows {
            for index in row * a.columns..<(row + 1) * a.columns {
              out[index] = Float(slope(row, Double(x[index]) - Double(y[index]) + shift))
            }
          }
        }
      }
    }
    return [byFirst, byFirst.scaled(by: -1)]
  }
}
