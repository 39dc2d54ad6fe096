import ModelFiles
import Tensors

/// LLaMA (Touvron et al., 2023), and what was made of it.
enum Llama: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try decoder(config, mask: config.decoderMask(), positions: 2048, epsilon: 1e-6)
      .encoder(config, weights)
  }

  /// - Parameters:
  ///   - mask: that of all layers
  ///   - positions, epsilon: where the file does not say them
  static func decoder(
    _ config: ModelConfig, mask: AttentionMask, positions: Int, epsilon: Double
  ) throws -> GatedDecoder {
    let size = try config.headSize(hidden: config.width("hidden_size"))
    let rotary = try config.rotary(size: size, theta: 10_000, positions: positions)
    let bias = try config.json.bool("attention_bias", default: false)
    return GatedDecoder(
      headSize: size, layers: try .init(config, mask, rotary),
      activation: try config.activation("hidden_act", default: "silu"),
      epsilon: try config.epsilon("rms_norm_eps", default: epsilon), bias: bias,
      outputBias: bias, feedForwardBias: try config.json.bool("mlp_bias", default: false))
  }
}
