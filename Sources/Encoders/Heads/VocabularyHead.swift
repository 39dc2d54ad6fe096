package import Tensors

/// What makes a number for each entry of the vocabulary of a token's vector: the last step of a
/// masked or a causal language model.
package struct VocabularyHead: Sendable {
  /// `nil` where hidden states meet the decoder as they are.
  var transform: HeadTransform?
  let decoder: VocabularyDecoder

  /// V, the number of entries.
  package var vocabulary: Int { decoder.table.rows }

  /// Its products in their order, for counting operations: that with the whole vocabulary last.
  package var products: [ProductShape] {
    [
      transform?.dense.product,
      ProductShape(outputs: vocabulary, inputs: decoder.table.columns),
    ].compactMap { $0 }
  }

  /// What the decoder multiplies.
  /// - Shapes: `[N, H]` → `[N, H′]`
  package func transformed(_ x: Tensor) -> Tensor { transform.map { $0(x) } ?? x }

  /// The logits of all of a text's tokens made one number for each entry of the vocabulary, in
  /// memory of which no part grows with both N and V.
  /// - Parameter sequences: those that are asked for; all by default
  /// - Shapes: `[N, H′]`, B sequences → `[B, V]`
  package func pooled(
    _ transformed: Tensor, _ layout: SequenceLayout, by pooling: VocabularyPooling,
    sequences: Range<Int>? = nil
  ) -> Tensor {
    transformed.pooledLinear(
      decoder.blocks, over: layout, sequences ?? 0..<layout.count,
      by: LogPooling(
        pooling.reduction == .max ? .max : .sum, logarithms: pooling.logarithms, cap: decoder.cap),
      source: (decoder.table, decoder.bias))
  }

  /// The logits of a few entries, each below V, in float32.
  /// - Shapes: `[B, H′]` → `[B, tokens]`
  package func logits(_ transformed: Tensor, of tokens: [Int32]) -> Tensor {
    decoder.logits(transformed, of: tokens)
  }
}

/// How SPLADE makes one number of an entry's logits at all tokens (Formal et al., 2021): log(1 +
/// max(x, 0)) of each, then the largest or the sum.
package struct VocabularyPooling: Sendable {
  package enum Reduction: Sendable { case max, sum }

  package let reduction: Reduction
  /// How often log(1 + …) is taken: 1, or 2 as OpenSearch's models have it.
  package let logarithms: Int

  package init(reduction: Reduction, logarithms: Int) {
    (self.reduction, self.logarithms) = (reduction, logarithms)
  }
}

/// A family of networks: how its configuration and the names of its weights make a masked language
/// model's head.
package protocol MaskedArchitecture: Sendable {
  /// - Parameters:
  ///   - weights: of the whole checkpoint
  ///   - words: the network's table of words, where it is at hand
  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead
}

extension Encoder {
  /// The table of words, which a decoder may share, where it is in memory.
  package var words: Tensor? { if case .tensor(let words) = inputs.words { words } else { nil } }
}
