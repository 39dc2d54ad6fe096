import Tensors

/// The cosine of each row of one tensor with the same row of another, and the way back.
struct PairCosines {
  /// Less counts as this much: 1e-12 in `torch.nn.functional.normalize`, 1e-8 in
  /// `torch.cosine_similarity`.
  let shortest: Double
  let values: [Double]
  private let (a, b): (Tensor, Tensor)
  private let lengths: [(a: Double, b: Double)]

  /// - Shapes: `[B, E]` both
  init(_ a: Tensor, _ b: Tensor, shortest: Double = 1e-12) {
    precondition(a.shape == b.shape, "\(a.shape) beside \(b.shape)")
    (self.a, self.b, self.shortest) = (a, b, shortest)
    let lengths = zip(a.lengths, b.lengths).map { (a: $0, b: $1) }
    self.lengths = lengths
    values = a.withFloats { x in
      b.withFloats { y in
        lengths.indices.map { row in
          var sum = 0.0
          for index in row * a.columns..<(row + 1) * a.columns {
            sum += Double(x[index]) * Double(y[index])
          }
          return sum / (max(lengths[row].a, shortest) * max(lengths[row].b, shortest))
        }
      }
    }
  }

  /// The derivatives by both sides' rows, given those by the cosines.
  func derivatives(_ slopes: [Double]) -> [Tensor] {
    [
      derivative(slopes, by: a, lengths.map(\.a), with: b, lengths.map(\.b)),
      derivative(slopes, by: b, lengths.map(\.b), with: a, lengths.map(\.a)),
    ]
  }

  /// c = û·v̂, so du = dc (v̂ − c û)/‖u‖; where ‖u‖ is constant, dc v̂ over it.
  private func derivative(
    _ slopes: [Double], by u: Tensor, _ ofU: [Double], with v: Tensor, _ ofV: [Double]
  ) -> Tensor {
    Tensor(u.shape) { out in
      u.withFloats { u in
        v.withFloats { v in
          for (row, slope) in slopes.enumerated() {
            let (long, other) = (max(ofU[row], shortest), max(ofV[row], shortest))
            let along = ofU[row] >= shortest ? values[row] / long : 0
            let factor = slope / long
            for index in row * a.columns..<(row + 1) * a.columns {
              out[index] = Float(factor * (Double(v[index]) / other - along * Double(u[index])))
            }
          }
        }
      }
    }
  }
}
