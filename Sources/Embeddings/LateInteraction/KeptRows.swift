import Tensors

extension Features {
  /// The same texts with some of their tokens' vectors, in their order.
  /// - Parameter isKept: is told a row of `layout`
  func keeping(_ isKept: (_ row: Int) -> Bool) -> Features {
    let kept = (0..<layout.count).map { layout[$0].filter(isKept) }
    guard (0..<layout.count).contains(where: { kept[$0].count < layout[$0].count }) else {
      return self
    }
    let smaller = SequenceLayout(lengths: kept.map(\.count))
    // Padding takes the first row's numbers, which nobody reads.
    let sources = smaller.perRow { Int32(truncatingIfNeeded: kept[$0][$1]) }
    var features = self
    features.tokenEmbeddings =
      sources.isEmpty
      ? Tensor([0, tokenEmbeddings.columns], []) : Tensor.gather([(tokenEmbeddings, sources)])
    (features.layout, features.ids) = (smaller, smaller.perRow { ids[kept[$0][$1]] })
    features.layers = []
    return features
  }
}
