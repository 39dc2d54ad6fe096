/// scale · A · B in float32, A or B transposed where that is said: a block of the result's rows, or of its
/// columns, after the other, on the threads that may be used.
struct BlockedProduct {
  /// What is divided into blocks: the longer side.
  enum Side { case rows, columns }

  private let left, right: Tensor
  private let transposedLeft, transposedRight: Bool
  private let scale: Float
  private let side: Side
  private let rows, columns, inner: Int

  // Rows of a result that are computed together. A block's bits depend on its shape, so that it is
  // the same on any number of threads: half the usual block, so that two share a small network's.
  private static let blockSize = 252

  /// - Shapes: A `[rows, inner]`, or `[inner, rows]` transposed; B `[inner, columns]`, or `[columns, inner]`
  init(
    _ left: Tensor, _ right: Tensor, transposedLeft: Bool = false, transposedRight: Bool = false,
    scale: Float = 1, by side: Side = .rows
  ) {
    (self.left, self.right, self.scale, self.side) = (left, right, scale, side)
    (self.transposedLeft, self.transposedRight) = (transposedLeft, transposedRight)
    (rows, inner) = transposedLeft ? (left.columns, left.rows) : (left.rows, left.columns)
    columns = transposedRight ? right.rows : right.columns
    precondition(
      inner == (transposedRight ? right.columns : right.rows), "\(left.shape) times \(right.shape)")
  }

  /// - Shapes: → `[rows, columns]`
  var product: Tensor {
    Tensor([rows, columns]) { out in
      guard let start = out.baseAddress else { return }
      write(to: start, stride: columns, beta: 0)
    }
  }

  /// - Shapes: sum `[rows, columns]` → the same
  func added(to sum: Tensor) -> Tensor {
    precondition(
      sum.rows == rows && sum.columns == columns, "\([rows, columns]) added to \(sum.shape)")
    return sum.copied { add(to: $0, stride: columns) }
  }

  /// Adds it to `[rows, columns]` numbers, the first at `out`.
  /// - Parameter stride: numbers from one row to the next there
  func add(to out: UnsafeMutablePointer<Float>, stride: Int) {
    write(to: out, stride: stride, beta: 1)
  }

  /// - Parameter beta: what the numbers that are there count
  private func write(to out: UnsafeMutablePointer<Float>, stride: Int, beta: Float) {
    nonisolated(unsafe) let out = out
    let length = side == .rows ? rows : columns
    Parallel.split(length, unit: Self.blockSize) { part in
      for start in Swift.stride(from: part.lowerBound, to: part.upperBound, by: Self.blockSize) {
        let count = min(Self.blockSize, part.upperBound - start)
        write(start, count, to: out, stride: stride, beta: beta)
      }
    }
  }

  private func write(
    _ start: Int, _ count: Int, to out: UnsafeMutablePointer<Float>, stride: Int, beta: Float
  ) {
    let (row, column) = side == .rows ? (start, 0) : (0, start)
    left.withPointer { a in
      right.withPointer { b in
        let a = Operand(pointer: a, stride: left.columns)
        let b = Operand(pointer: b, stride: right.columns)
        Matmul.gemm(
          transposedLeft ? a.row(0, row) : a.row(row),
          transposedRight ? b.row(column) : b.row(0, column),
          transposedLeft: transposedLeft, transposed: transposedRight,
          into: out + row * stride + column, stride: stride,
          side == .rows ? count : rows, side == .rows ? columns : count, inner,
          scale: scale, beta: beta)
      }
    }
  }
}
