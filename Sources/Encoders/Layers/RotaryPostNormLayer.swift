import Tensors

extension PostNormLayer {
  /// A post-norm layer with rotary positions and a gate, by the names that transformers 5 gives
  /// the parts of NomicBERT and GTE.
  init(
    _ weights: Weights, hidden: Int, heads: Int, inner: Int, activation: Activation,
    epsilon: Float, rotary: RotaryPositions
  ) throws {
    let attention = weights["self_attn"]
    let hasBias = attention.has("q_proj.bias")
    var halves = try SelfAttention(
      attention, hidden: hidden, AttentionShape(heads: heads, size: hidden / heads),
      names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
      bias: hasBias)
    halves.rotary = rotary
    let down = weights["mlp.down_proj"]
    self.init(
      attention: halves,
      attentionNorm: try LayerNorm(
        weights["post_attention_layernorm"], hidden, epsilon: epsilon),
      feedForward: FeedForward(
        gate: try Linear(weights["mlp.gate_proj"], hidden, inner, bias: false),
        up: try Linear(weights["mlp.up_proj"], hidden, inner, bias: false),
        down: try Linear(down, inner, hidden, bias: down.has("bias")), activation),
      outputNorm: try LayerNorm(weights["post_mlp_layernorm"], hidden, epsilon: epsilon))
  }
}
