import ModelFiles
package import Tensors

/// NomicBERT (Nussbaum et al., 2024): BERT with rotary positions and a gated feed-forward layer.
package struct NomicBERT: Encoder {
  package let hiddenSize, vocabularySize, segmentCount: Int
  package let longestSequence: Int? = nil
  package let layers: [any EncoderLayer]
  private let inputs: InputEmbeddings

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    let root = weights.below("nomic_bert").below("model")
    // The names of the model's own code, before transformers had one.
    let isOld = try config.json.present("n_embd") != nil
    let hidden = try config.count(isOld ? "n_embd" : "hidden_size")
    hiddenSize = hidden
    vocabularySize = try config.count("vocab_size")
    segmentCount = try config.size("type_vocab_size", default: isOld ? 0 : 2)
    let epsilon = try config.epsilon(
      isOld ? "layer_norm_epsilon" : "layer_norm_eps", default: 1e-12)
    let tables = root["embeddings"]
    inputs = InputEmbeddings(
      words: try tables.table("word_embeddings.weight", vocabularySize, hidden), positions: nil,
      segments: segmentCount > 0
        ? try tables.table("token_type_embeddings.weight", segmentCount, hidden) : nil,
      norm: try LayerNorm(
        isOld ? root["emb_ln"] : tables["LayerNorm"], hidden, epsilon: epsilon))
    layers =
      isOld
      ? try Self.oldLayers(config, root["encoder"], hidden: hidden, epsilon: epsilon)
      : try Self.layers(config, root, hidden: hidden, epsilon: epsilon)
  }

  package func embeddings(_ batch: TokenBatch) -> Tensor { inputs(batch) }

  private static func layers(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, epsilon: Float
  ) throws -> [any EncoderLayer] {
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let rotary = try config.rotary(size: hidden / heads, default: 1000)
    return try (0..<config.layers("num_hidden_layers")).map { index in
      try PostNormLayer(
        weights["layers.\(index)"], hidden: hidden, heads: heads,
        inner: config.count("intermediate_size"),
        activation: config.activation("hidden_act", default: "silu"), epsilon: epsilon,
        rotary: rotary)
    }
  }

  private static func oldLayers(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, epsilon: Float
  ) throws -> [any EncoderLayer] {
    for key in ["prenorm", "causal", "parallel_block", "use_rms_norm", "rotary_emb_interleaved"] {
      try config.refuse(key, unless: false)
    }
    for key in ["rotary_scaling_factor", "rotary_emb_scale_base"] { try config.refuse(key) }
    if try config.json.int("moe_every_n_layers", default: 0) > 0 {
      throw FileError("\(config.json.name): a mixture of experts is not computed")
    }
    let heads = try config.heads("n_head", hidden: hidden)
    let turned = try Double(hidden / heads) * config.json.double("rotary_emb_fraction", default: 1)
    guard turned == Double(hidden / heads) else {
      throw FileError("\(config.json.name): `rotary_emb_fraction` should be 1")
    }
    let rotary = try config.rotary(size: hidden / heads, key: "rotary_emb_base", default: 10000)
    let activation = try config.gate("activation_function")
    let inner = try config.count("n_inner")
    return try (0..<config.layers("n_layer")).map { index in
      let weights = weights["layers.\(index)"]
      let (qkv, out, mlp) = (weights["attn.Wqkv"], weights["attn.out_proj"], weights["mlp"])
      var attention = SelfAttention(
        projection: try Linear(qkv, hidden, 3 * hidden, bias: qkv.has("bias")),
        output: try Linear(out, hidden, hidden, bias: out.has("bias")), AttentionHeads(heads),
        headSize: hidden / heads)
      attention.rotary = rotary
      return PostNormLayer(
        attention: attention,
        attentionNorm: try LayerNorm(weights["norm1"], hidden, epsilon: epsilon),
        feedForward: try FeedForward(
          mlp, hidden: hidden, inner: inner, activation, gate: "fc12", up: "fc11", down: "fc2",
          bias: mlp.has("fc2.bias")),
        outputNorm: try LayerNorm(weights["norm2"], hidden, epsilon: epsilon))
    }
  }
}
