import ModelFiles
import Tensors

/// Gemma 2 (Gemma Team, 2024): Gemma with norms after each half too, every other layer of which sees a
/// window, and whose scores are capped.
enum Gemma2: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let size = try config.width("head_dim", default: 256)
    let rotary = try config.rotary(size: size, theta: 10_000, positions: 8192)
    let (far, near) = try (
      config.decoderMask(),
      config.decoderMask(window: config.count("sliding_window", default: 4096))
    )
    let bias = try config.json.bool("attention_bias", default: false)
    return try GatedDecoder(
      headSize: size,
      layers: layerKinds(config).map { .init(mask: $0 ? far : near, rotary: rotary) },
      activation: config.activation("hidden_activation", default: "gelu_pytorch_tanh"),
      epsilon: config.epsilon("rms_norm_eps", default: 1e-6), bias: bias, outputBias: bias,
      normalizesOutputs: true, normOffset: 1, scoreScale: config.scoreScale(),
      scoreCap: cap(config), embeddingScale: Float(config.width("hidden_size")).squareRoot()
    ).encoder(config, weights)
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    try config.layerKinds { ($0 + 1) % 2 == 0 }
  }

  /// Where the file says nothing, 50; null is none.
  private static func cap(_ config: ModelConfig) throws -> Float? {
    let key = "attn_logit_softcapping"
    if let value = config.json[key], value.isNull { return nil }
    let cap = Float(try config.json.double(key, default: 50))
    guard cap > 0, cap.isFinite else {
      throw FileError("\(config.json.name): `\(key)` is \(cap), should be above 0, or null")
    }
    return cap
  }
}

extension ModelConfig {
  /// What Gemma multiplies scores by.
  func scoreScale() throws -> Float {
    let scale = 1 / Float(try json.double("query_pre_attn_scalar", default: 256)).squareRoot()
    guard scale > 0, scale.isFinite else {
      throw FileError("\(json.name): `query_pre_attn_scalar` should be above 0")
    }
    return scale
  }
}
