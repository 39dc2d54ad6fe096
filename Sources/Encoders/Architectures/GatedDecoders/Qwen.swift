import ModelFiles
import Tensors

/// Qwen2 and Qwen3 (Yang et al., 2024, 2025).
enum Qwen: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let isThird = try config.json.string("model_type") == "qwen3"
    let size =
      isThird
      ? try config.width("head_dim", default: 128)
      : try config.headSize(hidden: config.width("hidden_size"))
    let rotary = try config.rotary(size: size, theta: 10_000, positions: 32_768)
    let bias = isThird ? try config.json.bool("attention_bias", default: false) : true
    let kinds = try layerKinds(config)
    let whole = try config.decoderMask()
    // Without such a layer, the file need not say how wide a window is.
    let near =
      try kinds.contains(false)
      ? config.decoderMask(window: config.count("sliding_window")) : whole
    return try GatedDecoder(
      headSize: size, layers: kinds.map { .init(mask: $0 ? whole : near, rotary: rotary) },
      activation: config.activation("hidden_act", default: "silu"),
      epsilon: config.epsilon("rms_norm_eps", default: 1e-6), bias: bias,
      outputBias: isThird && bias, normalizesHeads: isThird
    ).encoder(config, weights)
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    // A window, where one is used, is that of the layers above `max_window_layers`.
    let slides = try config.json.bool("use_sliding_window", default: false)
    let windowed = try slides ? config.size("max_window_layers", default: 0) : Int.max
    return try config.layerKinds { index in index < windowed }
  }
}
