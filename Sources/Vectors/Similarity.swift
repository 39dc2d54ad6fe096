import Tensors

/// How similar two vectors are; a larger score is more similar. Named as sentence-transformers does.
public enum Similarity: String, CaseIterable, Sendable {
  /// The cosine of the angle between them.
  case cosine
  /// Σ aᵢ bᵢ
  case dot
  /// −√Σ (aᵢ − bᵢ)²
  case euclidean
  /// −Σ |aᵢ − bᵢ|
  case manhattan

  /// The score of each row of `a` with each row of `b`; both have as many columns.
  /// - Shapes: `[m, E]`, `[n, E]` → `[m, n]`
  public func callAsFunction(_ a: Matrix, _ b: Matrix) -> Matrix {
    let (left, right) = prepared(a, b)
    return Matrix(
      Tensor([a.rows, b.rows]) { out in
        for row in 0..<a.rows {
          for column in 0..<b.rows {
            out[row * b.rows + column] = score(left, row, right, column)
          }
        }
      })
  }

  /// The score of each row of `a` with the same row of `b`; both have as many rows and columns.
  /// - Shapes: `[n, E]`, `[n, E]` → n numbers
  public func pairwise(_ a: Matrix, _ b: Matrix) -> [Float] {
    precondition(a.rows == b.rows, "\(a.rows) rows beside \(b.rows)")
    let (left, right) = prepared(a, b)
    return (0..<a.rows).map { score(left, $0, right, $0) }
  }

  private func prepared(_ a: Matrix, _ b: Matrix) -> (Tensor, Tensor) {
    precondition(a.columns == b.columns, "vectors of \(a.columns) and \(b.columns) numbers")
    guard self == .cosine else { return (a.tensor, b.tensor) }
    return (a.tensor.normalizedRows(), b.tensor.normalizedRows())
  }

  /// The score of one row with another.
  /// - Parameters:
  ///   - a: rows of length 1 for the cosine
  ///   - divisor: for the cosine, the length of b's row, bounded from below
  func score(
    _ a: Tensor, _ row: Int, _ b: Tensor, _ column: Int, over divisor: Float = 1
  ) -> Float {
    switch self {
    case .cosine: Tensor.dot(a, row, b, column, over: divisor)
    case .dot: Tensor.dot(a, row, b, column)
    case .euclidean: -Tensor.squaredDistance(a, row, b, column).squareRoot()
    case .manhattan: -Tensor.manhattanDistance(a, row, b, column)
    }
  }
}
