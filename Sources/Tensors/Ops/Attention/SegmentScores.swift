import CKernels

/// What XLNet adds to the scores of two tokens of different segments: the query's product with a
/// vector of each head.
package struct SegmentScores: Sendable {
  /// `[A, D]`
  private let vectors: Tensor
  /// `[A·D]`, added to queries first.
  private let shift: Tensor
  /// Of the N tokens.
  private let segments: [Int32]

  package init(_ vectors: Tensor, shift: Tensor, segments: [Int32]) {
    precondition(vectors.count == shift.count, "\(shift.count) numbers for \(vectors.shape)")
    (self.vectors, self.shift, self.segments) = (vectors, shift, segments)
  }

  func add(to block: ScoreBlock, _ shape: AttentionShape) {
    let own = segments[block.sequence]
    guard let first = own.first, own.contains(where: { $0 != first }) else { return }
    let (start, size) = (block.head * shape.size, shape.size)
    vectors.withPointer { vectors in
      let shifted = shift.withPointer { ck_dot($0 + start, vectors + start, size) }
      own.withUnsafeBufferPointer { segments in
        for (row, query) in block.queries.enumerated() {
          let product = ck_dot(block.q.row(query).pointer, vectors + start, size)
          let added = shape.scale * (shifted + product)
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
