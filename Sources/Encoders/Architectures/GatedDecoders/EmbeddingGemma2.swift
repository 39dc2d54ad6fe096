import ModelFiles
import Tensors

/// The text model of EmbeddingGemma 2 (2026): a Gemma that looks both ways, with inputs for each layer,
/// and of which some layers have heads of another size.
enum EmbeddingGemma2: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("language_model")
    let settings = try Settings(config)
    let (hidden, width) = (settings.hidden, settings.inputWidth)
    let words = try root.table("embed_tokens.weight", config.count("vocab_size"), hidden)
    let scale = Float(hidden).squareRoot()
    let kinds = try layerKinds(config)
    let projections = try root.table(
      "ple.per_layer_model_projection.weight", kinds.count * width, hidden)
    let inputNorm = try settings.norm(root["ple.per_layer_projection_norm"], width)
    let layers = try kinds.enumerated().map { index, isWhole in
      let weights = root["layers.\(index)"]
      let block = weights["ple_block"]
      let slice = projections.rows(index * width..<(index + 1) * width)
      return PerLayerInputLayer(
        layer: try layer(weights, settings, config, index, isWhole: isWhole),
        input: PerLayerInput(
          words: words, scale: scale,
          projection: Linear(
            weight: try root.weight(slice, "ple.per_layer_model_projection.weight"), bias: nil),
          norm: inputNorm),
        gate: try Linear(block["per_layer_input_gate"], hidden, width, bias: false),
        projection: try Linear(block["per_layer_projection"], width, hidden, bias: false),
        activation: settings.activation,
        norm: try settings.norm(block["post_per_layer_input_norm"], hidden),
        scalar: try weights.vector("layer_scalar", 1).number)
    }
    return Encoder(
      inputs: InputEmbeddings(words: words), scale: scale, layers: layers,
      finalNorm: try settings.norm(root["norm"], hidden),
      finalProjection: try Linear(
        root["embedding_projection"], hidden, config.width("embedding_dim", default: 768),
        bias: false))
  }

  private static func layer(
    _ weights: Weights, _ settings: Settings, _ config: ModelConfig, _ index: Int, isWhole: Bool
  ) throws -> PreNormLayer {
    let hidden = settings.hidden
    let (size, keys) = try settings.heads(of: index, isWhole: isWhole, config)
    let own = weights["self_attn"]
    var attention = try SelfAttention(
      own, hidden: hidden,
      AttentionShape(
        heads: settings.queries, keyValueHeads: keys, size: size, scale: 1,
        mask: isWhole ? .all : .window(settings.window)),
      names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
      bias: settings.bias)
    attention.queryNorm = try settings.norm(own["q_norm"], size)
    attention.keyNorm = try settings.norm(own["k_norm"], size)
    attention.valueScale = Tensor([size]) { $0.update(repeating: 1) }
    attention.rotary = try config.rotary(
      size: size, isWhole ? .whole : .windowed, key: "rope_theta",
      theta: isWhole ? 1_000_000 : 10_000, positions: 262_144, isScaled: false)
    return PreNormLayer(
      attentionNorm: try settings.norm(weights["input_layernorm"], hidden), attention: attention,
      feedForwardNorm: try settings.norm(weights["pre_feedforward_layernorm"], hidden),
      feedForward: try FeedForward(
        weights["mlp"], hidden: hidden, inner: settings.inner, settings.activation,
        gate: "gate_proj", up: "up_proj", down: "down_proj"),
      attentionOutputNorm: try settings.norm(weights["post_attention_layernorm"], hidden),
      feedForwardOutputNorm: try settings.norm(weights["post_feedforward_layernorm"], hidden))
  }

  /// Of each layer, whether it sees the whole text: the last one does, whatever the file says.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    let every = try config.count("sliding_window_pattern", default: 6)
    let kinds = try config.layerKinds { ($0 + 1) % every == 0 }
    return kinds.dropLast() + [true]
  }

  private struct Settings {
    let hidden, inner, inputWidth, queries, window: Int
    let bias: Bool
    let activation: Activation
    private let epsilon: Float
    /// Heads where nothing is said of a layer: D, and how many are of keys.
    private let size, keys: Int

    init(_ config: ModelConfig) throws {
      hidden = try config.width("hidden_size", default: 512)
      inner = try config.width("intermediate_size", default: 2048)
      inputWidth = try config.width("hidden_size_per_layer_input", default: 512)
      window = try config.count("sliding_window", default: 512)
      (queries, keys) = try config.sharedHeads()
      size = try config.width("head_dim", default: 256)
      epsilon = try config.epsilon("rms_norm_eps", default: 1e-6)
      bias = try config.json.bool("attention_bias", default: false)
      activation = try config.activation("hidden_activation", default: "gelu_pytorch_tanh")
    }

    func norm(_ weights: Weights, _ size: Int) throws -> RMSNorm {
      try RMSNorm(weights, size, epsilon: epsilon)
    }

    /// The columns of a layer's heads, and how many of them are of keys: `per_layer_config` says what
    /// differs, by the layers' numbers; without it layers that see the whole text have wider heads.
    func heads(
      of layer: Int, isWhole: Bool, _ config: ModelConfig
    ) throws -> (size: Int, keys: Int) {
      guard let all = try config.json.present("per_layer_config")?.object() else {
        return try isWhole
          ? (
            config.width("global_head_dim", default: 512),
            checked(config.width("num_global_key_value_heads", default: 1), config)
          ) : (size, keys)
      }
      guard let own = try all.present("\(layer)")?.object() else { return (size, keys) }
      let changed = try ModelConfig(own)
      return try (
        changed.width("head_dim", default: size),
        checked(changed.width("num_key_value_heads", default: keys), changed)
      )
    }

    private func checked(_ keys: Int, _ config: ModelConfig) throws -> Int {
      guard queries % keys == 0 else {
        throw FileError(
          "\(config.json.name): \(keys) heads of keys do not divide the \(queries) of queries")
      }
      return keys
    }
  }
}
