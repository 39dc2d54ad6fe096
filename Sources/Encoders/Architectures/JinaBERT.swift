import Glibc
import ModelFiles
import Tensors

/// Jina's BERT, version 2 (Günther et al., 2023): a BERT with ALiBi (Press et al., 2021) in both
/// directions in the place of positions, and a gated feed-forward layer.
enum JinaBERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("bert")
    let hidden = try config.width("hidden_size")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.count("vocab_size"), width: hidden, positions: 0,
      segments: config.count("type_vocab_size", default: 2), epsilon: epsilon)
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let inner = try config.width("intermediate_size")
    let activation = try config.gate("feed_forward_type")
    let slopes = slopes(heads)
    let distances = PositionBias { distances in
      Tensor(
        [distances.count, heads],
        distances.flatMap { distance in slopes.map { -$0 * Float(distance.magnitude) } })
    }
    let layers = try (0..<config.layers("num_hidden_layers")).map { index in
      let weights = root["encoder.layer.\(index)"]
      if weights.has("attention.self.layer_norm_q.weight") {
        throw FileError("\(config.json.name): norms of queries and keys are not computed for it")
      }
      var attention = try SelfAttention(
        weights["attention"], hidden: hidden,
        AttentionShape(heads: heads, size: hidden / heads),
        names: .init(
          query: "self.query", key: "self.key", value: "self.value", output: "output.dense"))
      attention.positionBias = distances
      let mlp = weights["mlp"]
      let both =
        try mlp.has("gated_layers_w.weight")
        // GGUF files have them apart.
        ? (
          first: Linear(mlp["gated_layers_w"], hidden, inner, bias: false),
          second: Linear(mlp["gated_layers"], hidden, inner, bias: false)
        ) : Linear.halves(mlp["gated_layers"], hidden, inner, bias: false)
      return PostNormLayer(
        attention: attention,
        attentionNorm: try LayerNorm(
          weights["attention.output.LayerNorm"], hidden, epsilon: epsilon),
        feedForward: FeedForward(
          gate: both.first, up: both.second,
          down: try Linear(weights["mlp.wo"], inner, hidden), activation),
        outputNorm: try LayerNorm(weights["mlp.layernorm"], hidden, epsilon: epsilon))
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  /// ALiBi's slopes: 2^(−8(i+1)/n) where the heads are n, a power of two; else those of the power
  /// below, and every other of those of the power above.
  static func slopes(_ heads: Int) -> [Float] {
    func geometric(_ count: Int) -> [Float] {
      (0..<count).map { Float(pow(2, -8 * Double($0 + 1) / Double(count))) }
    }
    let power = 1 << (Int.bitWidth - 1 - heads.leadingZeroBitCount)
    let above = geometric(2 * power)
    return geometric(power) + (0..<heads - power).map { above[2 * $0] }
  }
}
