import CKernels

/// What XLNet adds to the scores of two tokens of different segments: the query's product with a
/// vector of each head.
package struct SegmentScores: Sendable {
  private let queries: Columns
  private let vectors: Tensor
  private let shifts: [Float]
  private let segments: [Int32]

  /// - Parameters:
  ///   - queries: `[N, A·D]`
  ///   - vectors: `[A, D]`
  ///   - shifts: A numbers, added to the products
  ///   - segments: of the N tokens
  package init(_ queries: Columns, _ vectors: Tensor, shifts: [Float], segments: [Int32]) {
    (self.queries, self.vectors, self.shifts, self.segments) = (queries, vectors, shifts, segments)
  }

  func add(to block: ScoreBlock, size: Int) {
    let own = segments[block.sequence]
    guard let first = own.first, own.contains(where: { $0 != first }) else { return }
    queries.withOperand { queries in
      vectors.withPointer { vectors in
        own.withUnsafeBufferPointer { segments in
          for (row, query) in block.queries.enumerated() {
            let place = queries.row(block.sequence.lowerBound + query, block.head * size)
            let added =
              shifts[block.head] + ck_dot(place.pointer, vectors + block.head * size, size)
            let scores = block.scores + row * block.keys.count
            let segment = segments[query]
            for (column, key) in block.keys.enumerated() where segments[key] != segment {
              scores[column] += added
            }
          }
        }
      }
    }
  }
}
