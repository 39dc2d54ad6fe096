import ModelFiles
import Tensors

/// The text model of Gemma 3 (2025), and EmbeddingGemma, where every token sees those after it
/// too: norms before and after each half, and layers that see the whole text only every few.
enum Gemma: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("model")
    try config.refuse("attn_logit_softcapping")
    let hidden = try config.width("hidden_size")
    let words = try root.table("embed_tokens.weight", config.count("vocab_size"), hidden)
    let epsilon = try config.epsilon("rms_norm_eps", default: 1e-6)
    func norm(_ weights: Weights, _ size: Int) throws -> RMSNorm {
      try RMSNorm(weights, size, epsilon: epsilon, offset: 1)
    }
    let size = try config.width("head_dim", default: 256)
    let layout = try Layout(config, size: size)
    let bias = try config.json.bool("attention_bias", default: false)
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_activation", default: "gelu_pytorch_tanh")
    let layers = try layout.isWhole.enumerated().map { index, isWhole in
      let weights = root["layers.\(index)"]
      var attention = try SelfAttention(
        weights["self_attn"], hidden: hidden, layout.shape(isWhole: isWhole),
        names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
        bias: bias)
      attention.queryNorm = try norm(weights["self_attn.q_norm"], size)
      attention.keyNorm = try norm(weights["self_attn.k_norm"], size)
      attention.rotary = isWhole ? layout.whole : layout.local
      return PreNormLayer(
        attentionNorm: try norm(weights["input_layernorm"], hidden), attention: attention,
        feedForwardNorm: try norm(weights["pre_feedforward_layernorm"], hidden),
        feedForward: try FeedForward(
          weights["mlp"], hidden: hidden, inner: inner, activation, gate: "gate_proj",
          up: "up_proj", down: "down_proj"),
        attentionOutputNorm: try norm(weights["post_attention_layernorm"], hidden),
        feedForwardOutputNorm: try norm(weights["post_feedforward_layernorm"], hidden))
    }
    return Encoder(
      inputs: InputEmbeddings(words: words), scale: Float(hidden).squareRoot(), layers: layers,
      finalNorm: try norm(root["norm"], hidden))
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    let every = try config.count("sliding_window_pattern", default: 6)
    return try config.layerKinds { ($0 + 1) % every == 0 }
  }

  /// Which layers see how far, and how positions turn them.
  private struct Layout {
    let isWhole: [Bool]
    let whole, local: RotaryPositions
    private let shared: (queries: Int, keys: Int)
    private let size: Int
    private let scale: Float
    private let near, far: AttentionMask

    init(_ config: ModelConfig, size: Int) throws {
      shared = try config.sharedHeads()
      self.size = size
      scale = 1 / Float(try config.json.double("query_pre_attn_scalar", default: 256)).squareRoot()
      guard scale > 0, scale.isFinite else {
        throw FileError("\(config.json.name): `query_pre_attn_scalar` should be above 0")
      }
      let window = try config.count("sliding_window", default: 4096)
      // Of a window that looks both ways, half lies on either side.
      let isTwoWay = try config.json.flag("use_bidirectional_attention", default: false)
      let half = window / 2 + (try config.isCausal() ? 0 : 1)
      near = try isTwoWay ? .window(half) : config.decoderMask(window: window)
      far = try isTwoWay ? .all : config.decoderMask()
      isWhole = try Gemma.layerKinds(config)
      whole = try config.rotary(
        size: size, .whole, key: "rope_theta", theta: 1_000_000, positions: 131_072,
        isScaled: true)
      local = try config.rotary(
        size: size, .windowed, key: "rope_local_base_freq", theta: 10_000, positions: 131_072,
        isScaled: false)
    }

    func shape(isWhole: Bool) -> AttentionShape {
      return AttentionShape(
        heads: shared.queries, keyValueHeads: shared.keys, size: size, scale: scale,
        mask: isWhole ? far : near)
    }
  }
}
