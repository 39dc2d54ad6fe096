import CKernels

/// The rows of one query as products with documents take them.
package struct LateQuery: Sendable {
  /// How many rows it has.
  package let rows: Int
  private let packed: Tensor
  private let divisor: Float

  // What a document without rows scores, behind every other: sentence-transformers 6.2.0.
  private static let withoutRows: Float = -1e9
  // Rows that are multiplied together: the lanes of a kernel.
  private static let lanes = 16

  /// - Parameter isMean: whether scores are divided by the number of rows
  /// - Shapes: `[n, E]`
  package init(_ queries: Tensor, rows range: Range<Int>, isMean: Bool) {
    precondition(range.upperBound <= queries.rows, "rows \(range) of \(queries.rows)")
    rows = range.count
    divisor = isMean ? Float(max(1, range.count)) : 1
    let columns = queries.columns
    packed = Tensor([(range.count + Self.lanes - 1) / Self.lanes, columns * Self.lanes]) { out in
      guard let out = out.baseAddress, !range.isEmpty else { return }
      queries.withPointer {
        ck_maxsim_pack(out, $0 + range.lowerBound * columns, range.count, columns)
      }
    }
  }

  /// Σ over the query's rows of the largest product with a row of the document, or the mean. The same
  /// bits wherever the rows stand; NaN if a product is not finite.
  /// - Shapes: `[n, E]` → one number
  package func score(_ documents: Tensor, rows range: Range<Int>) -> Float {
    precondition(range.upperBound <= documents.rows, "rows \(range) of \(documents.rows)")
    precondition(
      packed.columns == documents.columns * Self.lanes, "rows of \(documents.columns) numbers")
    guard !range.isEmpty else { return Self.withoutRows / divisor }
    let columns = documents.columns
    let sum = packed.withPointer { query in
      documents.withPointer {
        ck_maxsim(query, rows, $0 + range.lowerBound * columns, range.count, columns)
      }
    }
    return sum / divisor
  }
}
