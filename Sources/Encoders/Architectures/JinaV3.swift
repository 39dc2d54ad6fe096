import ModelFiles
import Tensors

/// The network of jina-embeddings-v3 (Sturua et al., 2024): XLM-RoBERTa with rotary positions, which is
/// what its own files call it.
enum JinaV3: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("roberta")
    let hidden = try config.width("hidden_size")
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let inner = try config.width("intermediate_size")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-5)
    let activation = try config.activation("hidden_act", default: "gelu")
    let shape = AttentionShape(heads: heads, size: hidden / heads)
    let isNamed = try config.json.string("model_type") == "jina_embeddings_v3"
    let rotary = try config.rotary(
      size: hidden / heads, theta: isNamed ? 20_000 : 10_000, positions: 8194)
    let tables = root["embeddings"]
    let inputs = InputEmbeddings(
      words: try tables.table("word_embeddings.weight", config.count("vocab_size"), hidden),
      segments: .table(
        try tables.table(
          "token_type_embeddings.weight", config.count("type_vocab_size", default: 1), hidden)),
      norm: try LayerNorm(root["emb_ln"], hidden, epsilon: epsilon))
    let layers = try (0..<config.layers("num_hidden_layers")).map { index in
      let weights = root["encoder.layers.\(index)"]
      var attention = SelfAttention(
        projection: try Linear(weights["mixer.Wqkv"], hidden, 3 * hidden),
        output: try Linear(weights["mixer.out_proj"], hidden, hidden), shape)
      attention.rotary = rotary
      return PostNormLayer(
        attention: attention,
        attentionNorm: try LayerNorm(weights["norm1"], hidden, epsilon: epsilon),
        feedForward: try FeedForward(
          weights["mlp"], hidden: hidden, inner: inner, activation, up: "fc1", down: "fc2"),
        outputNorm: try LayerNorm(weights["norm2"], hidden, epsilon: epsilon))
    }
    return Encoder(inputs: inputs, layers: layers)
  }
}
