import CKernels

extension Tensor {
  // Rows that are summed in float32; the sums of blocks are added in double.
  private static let covarianceBlock = 1024

  /// The mean of each column, summed in double.
  /// - Shapes: `[n, E]` → E numbers
  package func columnMeans() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    withFloats { x in
      for row in 0..<rows {
        for column in 0..<columns { sums[column] += Double(x[row * columns + column]) }
      }
    }
    return sums.map { $0 / Double(max(rows, 1)) }
  }

  /// Σ (x − mean)(x − mean)ᵀ over all rows: n − 1 times the covariance, the same bits with any number
  /// of threads.
  /// - Shapes: `[n, E]`, `mean` E → `[E, E]`
  package func covarianceSums(around mean: [Double], threads: Int) throws -> [Double] {
    precondition(mean.count == columns, "a mean of \(mean.count) for \(columns) columns")
    let mean = mean.map(Float.init)
    var sums = [Double](repeating: 0, count: columns * columns)
    let blocks = (rows + Self.covarianceBlock - 1) / Self.covarianceBlock
    // As many blocks at a time as there are threads bound the memory; they are added in their order.
    for first in stride(from: 0, to: blocks, by: threads) {
      let parts = try Parallel.map(min(threads, blocks - first), threads: threads) { part in
        let start = (first + part) * Self.covarianceBlock
        return covariancePart(start..<min(start + Self.covarianceBlock, rows), around: mean)
      }
      for part in parts {
        part.withFloats { part in
          for index in 0..<part.count { sums[index] += Double(part[index]) }
        }
      }
    }
    return sums
  }

  private func covariancePart(_ range: Range<Int>, around mean: [Float]) -> Tensor {
    let (count, width) = (range.count, columns)
    let centered = Tensor([count, width]) { out in
      withFloats { x in
        for (index, row) in range.enumerated() {
          for column in 0..<width {
            out[index * width + column] = x[row * width + column] - mean[column]
          }
        }
      }
    }
    return Tensor([width, width]) { out in
      let transposed = Tensor([width, count]) { out in
        centered.withPointer { ck_transpose(out.baseAddress, $0, count, width, width) }
      }
      guard let out = out.baseAddress else { return }
      transposed.withPointer { left in
        centered.withPointer { right in
          Matmul.gemm(
            Operand(pointer: left, stride: count), Operand(pointer: right, stride: width),
            into: out, stride: width, width, width, count)
        }
      }
    }
  }
}
