import ModelFiles
import Tensors

/// EuroBERT (Boizard et al., 2025): LLaMA's layers, in which every token sees the whole text.
enum EuroBERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try Llama.decoder(config, mask: .all, positions: 8192, epsilon: 1e-5).encoder(config, weights)
  }
}
