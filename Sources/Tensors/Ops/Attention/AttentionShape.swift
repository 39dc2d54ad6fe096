/// How an attention is laid out: its heads, their size and scale, and who looks at whom.
package struct AttentionShape: Sendable {
  /// A, the heads of the queries.
  package let heads: Int
  /// A', the heads of keys and values, each of which serves `heads / keyValueHeads` of queries.
  package let keyValueHeads: Int
  /// D, the columns of a head.
  package let size: Int
  /// What products of queries and keys are multiplied by.
  package let scale: Float
  let mask: AttentionMask

  /// - Parameters:
  ///   - keyValueHeads: as many as those of queries unless said
  ///   - scale: 1/√D unless said
  package init(
    heads: Int, keyValueHeads: Int? = nil, size: Int, scale: Float? = nil,
    mask: AttentionMask = .all
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.size = size
    self.scale = scale ?? 1 / Float(size).squareRoot()
    self.mask = mask
    precondition(heads % self.keyValueHeads == 0, "\(heads) heads share \(self.keyValueHeads)")
  }

  /// A·D, the columns of the queries.
  package var width: Int { heads * size }
  /// A'·D, the columns of the keys, and of the values.
  package var keyValueWidth: Int { keyValueHeads * size }
  /// The columns of queries, keys and values side by side.
  package var projectedWidth: Int { width + 2 * keyValueWidth }
  /// How many heads of queries share one of keys.
  var sharing: Int { heads / keyValueHeads }
}
