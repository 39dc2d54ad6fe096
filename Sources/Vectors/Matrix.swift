package import Tensors

/// Vectors, one a row, in float32.
public struct Matrix: Sendable {
  /// `[rows, columns]`
  package let tensor: Tensor

  package init(_ tensor: Tensor) {
    precondition(tensor.shape.count == 2, "\(tensor.shape) is not a matrix")
    self.tensor = tensor
  }

  /// Makes a matrix of `columns` columns from its rows, one after another.
  /// - Precondition: `columns` is at least 1, and the number of elements a multiple of it.
  public init(columns: Int, _ elements: [Float]) {
    precondition(columns > 0 && elements.count % columns == 0, "rows of \(columns) numbers")
    tensor = Tensor([elements.count / columns, columns], elements)
  }

  /// The number of vectors.
  public var rows: Int { tensor.shape[0] }
  /// The length of each vector.
  public var columns: Int { tensor.shape[1] }

  /// Copies one vector.
  public subscript(_ row: Int) -> [Float] { withRow(row) { Array($0) } }

  /// Calls `body` with one vector's numbers, without a copy.
  public func withRow<Result>(
    _ row: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try tensor.withFloats {
      try body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
    }
  }

  /// Whether every number of the vector is finite.
  package func isFinite(row: Int) -> Bool { tensor.isFinite(row: row) }

  /// Keeps the first `count` numbers of each vector.
  /// - Precondition: `count` is at most `columns`.
  public func firstColumns(_ count: Int) -> Matrix {
    precondition(count <= columns, "\(count) of \(columns) columns")
    return count == columns ? self : Matrix(tensor.firstColumns(count))
  }

  /// Divides each vector by its Euclidean length, or by 1e-12 if that is larger.
  public func normalized() -> Matrix { Matrix(tensor.normalizedRows()) }
}

extension Matrix {
  /// Rows `first`, `first` + 2, `first` + 4 …: one side of pairs whose rows follow each other.
  package func everyOther(from first: Int) -> Matrix {
    picked(stride(from: first, to: rows, by: 2))
  }

  /// Some of the rows, in any order and as often as they are named.
  package func picked(_ rows: some Sequence<Int>) -> Matrix { Matrix(tensor.rows(Array(rows))) }
}
