import ModelFiles
import Tensors

/// Mistral (Jiang et al., 2023): LLaMA's layers, in which a token sees a window of the text.
enum Mistral: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let size = try config.headSize(hidden: config.width("hidden_size"))
    let rotary = try config.rotary(size: size, theta: 10_000, positions: 131_072)
    return try GatedDecoder(
      headSize: size, layers: .init(config, mask(config), rotary),
      activation: config.activation("hidden_act", default: "silu"),
      epsilon: config.epsilon("rms_norm_eps", default: 1e-6)
    ).encoder(config, weights)
  }

  /// Where the file says nothing, a window of 4,096; null is none.
  private static func mask(_ config: ModelConfig) throws -> AttentionMask {
    if let window = config.json["sliding_window"], window.isNull { return try config.decoderMask() }
    return try config.decoderMask(window: config.count("sliding_window", default: 4096))
  }
}
