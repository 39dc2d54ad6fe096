import ModelFiles
import Tensors

/// RoFormer (Su et al., 2021): BERT whose queries and keys are turned by their positions.
enum RoFormer: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try config.refuse("rotary_value", unless: false)
    let root = weights.below("roformer")
    let hidden = try config.width("hidden_size")
    let width = try config.width("embedding_size", default: hidden)
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    guard hidden / heads % 2 == 0 else {
      throw FileError(
        "\(config.json.name): heads of \(hidden / heads) columns cannot be turned; should be even")
    }
    let inner = try config.width("intermediate_size")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let activation = try config.activation("hidden_act", default: "gelu")
    let shape = AttentionShape(
      heads: heads, size: hidden / heads, mask: try config.encoderMask())
    let rotary = RotaryPositions(size: hidden / heads, base: 10_000)
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.vocabulary(), width: width, positions: 0,
      segments: config.count("type_vocab_size", default: 2), epsilon: epsilon)
    let layers = try (0..<config.layers("num_hidden_layers")).map { index in
      let weights = root["encoder.layer.\(index)"]
      var attention = SelfAttention(
        projection: try projection(weights["attention.self"], shape),
        output: try Linear(weights["attention.output.dense"], hidden, hidden), shape)
      attention.rotary = rotary
      return try PostNormLayer(
        attention, weights, hidden: hidden, inner: inner, activation: activation,
        epsilon: epsilon)
    }
    return Encoder(
      inputs: inputs,
      widening: width == hidden ? nil : try Linear(root["embeddings_project"], width, hidden),
      layers: layers)
  }

  /// To queries, keys and values side by side. In the file, columns 2 i and 2 i + 1 of a head are turned
  /// together; those of queries and keys come in another order, in which it is i and i + D/2.
  private static func projection(_ weights: Weights, _ shape: AttentionShape) throws -> Linear {
    let (width, size) = (shape.width, shape.size)
    try weights.checkRoom(3 * width * width, of: "query.weight")
    let order = (0..<shape.heads).flatMap { head in
      [0, 1].flatMap { part in
        (0..<size / 2).map { head * size + 2 * $0 + part }
      }
    }
    func ordered(_ name: String, _ columns: Int) throws -> Tensor {
      let rows = try weights.array(name, columns == 1 ? [width] : [width, columns])
      return rows.reshaped([width, columns]).rows(order)
    }
    let values = try weights.table("value.weight", width, width)
    let stacked = Tensor.stacked(
      [try ordered("query.weight", width), try ordered("key.weight", width), values])
    let biases = [
      try ordered("query.bias", 1), try ordered("key.bias", 1),
      try weights.vector("value.bias", width).reshaped([width, 1]),
    ]
    return Linear(
      weight: try weights.weight(stacked, "query.weight"),
      bias: Tensor.stacked(biases).reshaped([3 * width]))
  }
}
