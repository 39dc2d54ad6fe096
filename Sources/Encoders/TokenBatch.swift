package import Tensors

/// Token ids of several sequences, as an encoder takes them.
package struct TokenBatch: Sendable {
  /// N token ids and N segment (token type) ids; 0 in padding.
  package let ids, segments: [Int32]
  package let layout: SequenceLayout
  /// Whether the tokenizer gives segments at all; where it does not, they are 0.
  package let hasSegments: Bool
  /// `nil` where nothing is trained.
  package var training: TrainingPass?
  private(set) var isCancelled: Cancellation

  /// - Parameters:
  ///   - sequences: ids and segments, equally many, of each text
  ///   - hidden: how many tokens at each text's end none looks at; empty for 0 of each
  ///   - training: with it, the layout has no padding
  ///   - cancelled: asked before each layer; once it is true, what comes out is nothing
  package init(
    _ sequences: [(ids: [Int32], segments: [Int32])], hidden: [Int] = [],
    hasSegments: Bool = true, training: TrainingPass? = nil,
    cancelled: @escaping Cancellation = { false }
  ) {
    precondition(training.map { $0.texts.count == sequences.count } ?? true, "other texts")
    let lengths = sequences.map(\.ids.count)
    let layout =
      training == nil ? SequenceLayout(lengths: lengths) : SequenceLayout(unpadded: lengths)
    self.layout = hidden.isEmpty ? layout : layout.hiding(hidden)
    ids = layout.perRow { sequences[$0].ids[$1] }
    segments = layout.perRow { sequences[$0].segments[$1] }
    (self.hasSegments, self.training, isCancelled) = (hasSegments, training, cancelled)
  }

  /// The same in the layer of that index.
  func at(layer: Int) -> TokenBatch {
    var batch = self
    batch.training?.layer = layer
    return batch
  }
}

extension TokenBatch {
  /// The rows with what is left out of them at a site of the network.
  /// - Parameter queries: the rows that x is of; all by default
  /// - Shapes: `[N, H]` → `[N, H]`
  func dropped(
    _ x: Tensor, _ site: TrainingPass.Site, queries: SequenceLayout? = nil
  ) -> Tensor {
    guard let dropout = training?.dropout(site) else { return x }
    return x.dropped(dropout, queries?.alone ?? layout)
  }

  /// What `make` makes, less what is left out at a site, plus the residual, which `make` adds itself
  /// where nothing is left out.
  /// - Parameter queries: the rows that the result is of; all by default
  func adding(
    _ residual: Tensor, _ site: TrainingPass.Site, queries: SequenceLayout? = nil,
    to make: (_ residual: Tensor?) -> Tensor
  ) -> Tensor {
    guard training?.dropout(site) != nil else { return make(residual) }
    return dropped(make(nil), site, queries: queries).adding(residual)
  }
}
