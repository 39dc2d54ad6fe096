import Tensors

/// How AnglE compares each row of one tensor with the same row of another, and the way back:
/// |û·v̂ + Σ (û_im v̂_re − û_re v̂_im)|, where the first half of a unit row are the real parts of
/// complex numbers and the second half the imaginary ones (Li and Li, 2024). An odd row is as if it
/// had a 0 more.
struct PairAngles {
  let values: [Double]
  private let (a, b): (UnitRows, UnitRows)
  /// What each number of the other side is multiplied by in the sum.
  private let (ofA, ofB): (Tensor, Tensor)
  private let sums: [Double]

  /// - Shapes: `[B, E]` both
  init(_ a: Tensor, _ b: Tensor) {
    precondition(a.shape == b.shape, "\(a.shape) beside \(b.shape)")
    (self.a, self.b) = (UnitRows(a), UnitRows(b))
    (ofA, ofB) = (Self.turned(self.a.rows, sign: -1), Self.turned(self.b.rows, sign: 1))
    sums = self.a.rows.rowProducts(with: ofB)
    values = sums.map(\.magnitude)
  }

  /// The derivatives by both sides' rows, given those by the values.
  func derivatives(_ slopes: [Double]) -> [Tensor] {
    // y = |x|, so dx = dy · sign(x), and nothing at 0.
    let factors = zip(slopes, sums).map { Float($1 > 0 ? $0 : $1 < 0 ? -$0 : 0) }
    return [
      a.derivative(ofB.scaledRows(by: factors)), b.derivative(ofA.scaledRows(by: factors)),
    ]
  }

  /// x_re − sign · x_im beside x_im + sign · x_re, of each row.
  private static func turned(_ x: Tensor, sign: Float) -> Tensor {
    let (width, half) = (x.columns, (x.columns + 1) / 2)
    return Tensor(x.shape) { out in
      x.withFloats { x in
        for row in 0..<(width == 0 ? 0 : x.count / width) {
          for real in row * width..<row * width + half {
            let imaginary = real + half
            guard imaginary < (row + 1) * width else {
              out[real] = x[real]
              continue
            }
            out[real] = x[real] - sign * x[imaginary]
            out[imaginary] = x[imaginary] + sign * x[real]
          }
        }
      }
    }
  }
}
