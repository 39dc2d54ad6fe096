package import Tensors

/// What makes a number for each label of a text's tokens: a reranker's score, or the logits of a
/// classifier.
package struct ClassificationHead: Sendable {
  /// Which tokens of a text it looks at.
  package enum Tokens: Sendable {
    case first
    /// The last whose id is not that of padding.
    case last
    case mean
  }

  package let tokens: Tokens
  /// The id that `last` passes over.
  package var padding: Int32?
  var transform: HeadTransform?
  let output: LabelLayer

  package var labels: Int { output.weights.rows }

  /// Its products in their order, for counting operations.
  package var products: [ProductShape] {
    [transform?.dense.product, ProductShape(outputs: labels, inputs: output.weights.columns)]
      .compactMap { $0 }
  }

  /// The tokens that it looks at, which are the only ones that a last layer need compute.
  /// - Parameter ids: of N rows
  package func rows(of layout: SequenceLayout, ids: [Int32]) -> SequenceLayout {
    switch tokens {
    case .first: layout.first
    case .last: padding.map { padding in layout.last { ids[$0] != padding } } ?? layout.last
    case .mean: layout
    }
  }

  /// One row for each text, of all its tokens.
  /// - Shapes: `[N, H]`, B sequences → `[pooled.rows, H]`
  package func pooled(_ x: Tensor, _ layout: SequenceLayout, ids: [Int32]) -> Tensor {
    tokens == .mean
      ? x.mean(over: layout) : x.rows(at: rows(of: layout, ids: ids), as: layout.pooled)
  }

  /// The logits of texts, of one row each.
  /// - Parameter dropped: leaves numbers out at a site, while the head is trained
  /// - Shapes: `[pooled.rows, H]` → `[pooled.rows, labels]`
  package func callAsFunction(
    _ rows: Tensor, dropped: (Tensor, TrainingPass.Site) -> Tensor = { x, _ in x }
  ) -> Tensor {
    let x = dropped(rows, .headInput)
    return output(dropped(transform.map { $0(x) } ?? x, .headOutput))
  }
}

/// A family of networks: how its configuration and the names of its weights make a head that gives
/// labels.
package protocol ClassificationArchitecture: Sendable {
  /// - Parameter weights: of the whole checkpoint
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead
}

/// A layer, its activation, and perhaps a norm: what heads have before their last layer.
struct HeadTransform: Sendable {
  let dense: Linear
  let activation: Activation
  var norm: LayerNorm?

  init(dense: Linear, activation: Activation, norm: LayerNorm? = nil) {
    (self.dense, self.activation, self.norm) = (dense, activation, norm)
  }

  /// The one that masked language models of BERT's kin have.
  /// - Parameters:
  ///   - weights: where `dense` and the norm lie
  ///   - width: H′
  ///   - norm: the norm's name
  ///   - epsilon: the norm's, where the configuration has none
  init(
    _ config: ModelConfig, _ weights: Weights, width: Int, _ activation: Activation,
    norm: String = "LayerNorm", epsilon: Double = 1e-12
  ) throws {
    dense = try Linear(weights["dense"], config.width("hidden_size"), width)
    self.activation = activation
    self.norm = try LayerNorm(
      weights[norm], width, epsilon: config.epsilon("layer_norm_eps", default: epsilon))
  }

  /// - Shapes: `[N, H]` → `[N, H′]`
  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = dense(x, then: activation)
    return norm.map { $0(y) } ?? y
  }
}
