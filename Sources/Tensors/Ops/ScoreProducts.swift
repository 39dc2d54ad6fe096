/// Products of any two matrices, for what compares all rows with all others, and for its way back.
extension Tensor {
  // What is computed together: bits depend on it, so that they do not depend on threads.
  private static let tile = 256

  /// a · b, of each of which the transpose may be taken.
  /// - Shapes: `[m, k]`, `[k, n]`, each as it is taken → `[m, n]`
  package static func product(
    _ a: Tensor, _ b: Tensor, transposedLeft: Bool = false, transposedRight: Bool = false
  ) -> Tensor {
    let columns = transposedRight ? b.rows : b.columns
    return Tensor([transposedLeft ? a.columns : a.rows, columns]) { out in
      multiply(
        a, b, transposedLeft: transposedLeft, transposedRight: transposedRight, into: out)
    }
  }

  /// The same, written to memory, or added to what is there.
  package static func multiply(
    _ a: Tensor, _ b: Tensor, transposedLeft: Bool = false, transposedRight: Bool = false,
    adding: Bool = false, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let (rows, inner) = transposedLeft ? (a.columns, a.rows) : (a.rows, a.columns)
    let (columns, depth) = transposedRight ? (b.rows, b.columns) : (b.columns, b.rows)
    precondition(inner == depth, "\(a.shape) times \(b.shape)")
    precondition(out.count == rows * columns, "no room for \(rows) × \(columns) products")
    guard let start = out.baseAddress, !out.isEmpty else { return }
    guard inner > 0 else { return adding ? () : out.update(repeating: 0) }
    nonisolated(unsafe) let out = start
    let across = (columns + tile - 1) / tile
    Parallel.split((rows + tile - 1) / tile * across, unit: 1) { tiles in
      a.withPointer { left in
        b.withPointer { right in
          let left = Operand(pointer: left, stride: a.columns)
          let right = Operand(pointer: right, stride: b.columns)
          for index in tiles {
            let (row, column) = (index / across * tile, index % across * tile)
            Matmul.gemm(
              transposedLeft ? left.row(0, row) : left.row(row),
              transposedRight ? right.row(column) : right.row(0, column),
              transposedLeft: transposedLeft, transposed: transposedRight,
              into: out + row * columns + column, stride: columns, min(tile, rows - row),
              min(tile, columns - column), inner, beta: adding ? 1 : 0)
          }
        }
      }
    }
  }
}
