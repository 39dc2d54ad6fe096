package import Tensors

/// RoBERTa (Liu et al., 2019), and XLM-RoBERTa and CamemBERT, which are RoBERTas of other texts:
/// BERT whose positions are counted from the padding id on.
package struct RoBERTa: Encoder {
  private let bert: BERT

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    let padding = try config.index("pad_token_id", below: "vocab_size", default: 1)
    bert = try BERT(config, weights.below("roberta"), padding: padding)
  }

  package var hiddenSize: Int { bert.hiddenSize }
  package var vocabularySize: Int { bert.vocabularySize }
  package var segmentCount: Int { bert.segmentCount }
  package var longestSequence: Int? { bert.longestSequence }
  package var layers: [any EncoderLayer] { bert.layers }
  package func embeddings(_ batch: TokenBatch) -> Tensor { bert.embeddings(batch) }
}
