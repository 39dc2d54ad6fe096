import Tensors

extension Similarity {
  /// The score of each row of `a` with each row of `b`; both have as many columns.
  /// - Shapes: `[m, V]`, `[n, V]` → `[m, n]`
  public func callAsFunction(_ a: SparseMatrix, _ b: SparseMatrix) -> Matrix {
    let (left, right) = prepared(a, b)
    return Matrix(Tensor([a.rows, b.rows], left.flatMap { left in right.map { score(left, $0) } }))
  }

  /// The score of each row of `a` with the same row of `b`; both have as many rows and columns.
  /// - Shapes: `[n, V]`, `[n, V]` → n numbers
  public func pairwise(_ a: SparseMatrix, _ b: SparseMatrix) -> [Float] {
    precondition(a.rows == b.rows, "\(a.rows) rows beside \(b.rows)")
    let (left, right) = prepared(a, b)
    return zip(left, right).map { score($0, $1) }
  }

  private func prepared(
    _ a: SparseMatrix, _ b: SparseMatrix
  ) -> ([SparseMatrix.Row], [SparseMatrix.Row]) {
    precondition(a.columns == b.columns, "vectors of \(a.columns) and \(b.columns) numbers")
    return ((0..<a.rows).map { prepared(a[$0]) }, (0..<b.rows).map { prepared(b[$0]) })
  }

  /// The row as scores take it: of length 1 for the cosine.
  func prepared(_ row: SparseMatrix.Row) -> SparseMatrix.Row {
    self == .cosine ? row.normalized() : row
  }

  /// The score of two rows, of length 1 for the cosine.
  func score(_ a: SparseMatrix.Row, _ b: SparseMatrix.Row) -> Float {
    switch self {
    case .cosine, .dot: a.dot(b)
    case .euclidean: -a.sum(over: b) { ($0 - $1) * ($0 - $1) }.squareRoot()
    case .manhattan: -a.sum(over: b) { ($0 - $1).magnitude }
    }
  }
}

extension SparseMatrix.Row {
  /// The score of two rows.
  package func score(_ other: Self, by metric: Similarity) -> Float {
    metric.score(metric.prepared(self), metric.prepared(other))
  }

  /// Divided by the Euclidean length, or by 1e-12 if that is larger.
  func normalized() -> Self {
    let divisor = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    var row = self
    row.values = values.map { $0 / divisor }
    return row
  }

  /// Σ aᵢ bᵢ over the columns of both, added one by one in the order of columns: an inverted index,
  /// which takes column after column, comes to the same bits.
  fileprivate func dot(_ other: Self) -> Float {
    var (sum, left, right) = (Float(0), 0, 0)
    while left < count, right < other.count {
      let (a, b) = (indices[left], other.indices[right])
      if a == b { sum += values[left] * other.values[right] }
      if a <= b { left += 1 }
      if b <= a { right += 1 }
    }
    return sum
  }

  /// Σ `term`(aᵢ, bᵢ) over the columns of either, in their order.
  fileprivate func sum(over other: Self, _ term: (Float, Float) -> Float) -> Float {
    var (sum, left, right) = (Float(0), 0, 0)
    while left < count || right < other.count {
      let a = left < count ? indices[left] : .max
      let b = right < other.count ? other.indices[right] : .max
      sum += term(a <= b ? values[left] : 0, b <= a ? other.values[right] : 0)
      if a <= b { left += 1 }
      if b <= a { right += 1 }
    }
    return sum
  }
}
