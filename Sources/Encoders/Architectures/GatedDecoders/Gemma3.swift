import ModelFiles
import Tensors

/// The text model of Gemma 3 (2025), and EmbeddingGemma, where every token sees those after it
/// too: norms before and after each half, and layers that see the whole text only every few.
enum Gemma3: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try config.refuse("attn_logit_softcapping")
    let size = try config.width("head_dim", default: 256)
    let bias = try config.json.bool("attention_bias", default: false)
    return try GatedDecoder(
      headSize: size, layers: layers(config, size: size),
      activation: config.activation("hidden_activation", default: "gelu_pytorch_tanh"),
      epsilon: config.epsilon("rms_norm_eps", default: 1e-6), bias: bias, outputBias: bias,
      normalizesHeads: true, normalizesOutputs: true, normOffset: 1,
      scoreScale: config.scoreScale(),
      embeddingScale: Float(config.width("hidden_size")).squareRoot()
    ).encoder(config, weights)
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    let every = try config.count("sliding_window_pattern", default: 6)
    return try config.layerKinds { ($0 + 1) % every == 0 }
  }

  /// Which layers see how far, and how positions turn them.
  private static func layers(_ config: ModelConfig, size: Int) throws -> [GatedDecoder.Layer] {
    let window = try config.count("sliding_window", default: 4096)
    // Of a window that looks both ways, half lies on either side.
    let isTwoWay = try config.json.flag("use_bidirectional_attention", default: false)
    let half = window / 2 + (try config.isCausal() ? 0 : 1)
    let far = GatedDecoder.Layer(
      mask: try isTwoWay ? .all : config.decoderMask(),
      rotary: try config.rotary(
        size: size, .whole, key: "rope_theta", theta: 1_000_000, positions: 131_072,
        isScaled: true))
    let near = GatedDecoder.Layer(
      mask: try isTwoWay ? .window(half) : config.decoderMask(window: window),
      rotary: try config.rotary(
        size: size, .windowed, key: "rope_local_base_freq", theta: 10_000, positions: 131_072,
        isScaled: false))
    return try layerKinds(config).map { $0 ? far : near }
  }
}
