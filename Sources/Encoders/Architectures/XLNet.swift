import Glibc
import ModelFiles
import Tensors

/// XLNet (Yang et al., 2019): no positions in what goes in; each layer scores queries with
/// sinusoids of distances, and with whether two tokens are of one segment (Dai et al., 2019).
enum XLNet: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try config.require("attn_type", "bi", default: "bi")
    try config.refuse("bi_data", unless: false)
    let root = weights.below("transformer")
    let hidden = try config.width("d_model")
    guard hidden % 2 == 0 else {
      throw FileError("\(config.json.name): `d_model` is \(hidden), should be even for sinusoids")
    }
    let vocabulary = try config.count(
      config.json.present("vocab_size") == nil ? "n_token" : "vocab_size")
    let inputs = InputEmbeddings(
      words: try root.table("word_embedding.weight", vocabulary, hidden), segments: .compared)
    let clamp = try config.json.int("clamp_len", default: -1)
    let distances = DistanceInputs { distances, training in
      let rows = sinusoids(distances.map { clamp > 0 ? max(-clamp, min($0, clamp)) : $0 }, hidden)
      // All layers leave out the same numbers; the reference draws them for each text anew.
      var pass = training?.ofAllTexts
      pass?.layer = 0
      return rows.dropped(pass?.dropout(.distances), positions: distances)
    }
    let heads = try config.heads("n_head", hidden: hidden)
    let shape = AttentionShape(
      heads: heads, size: try config.width("d_head", default: hidden / heads))
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let inner = try config.width("d_inner")
    let activation = try config.activation("ff_activation", default: "gelu")
    let layers = try (0..<config.layers("n_layer")).map { index in
      let weights = root["layer.\(index)"]
      return PostNormLayer(
        attention: try attention(weights["rel_attn"], hidden: hidden, shape, distances),
        attentionNorm: try LayerNorm(weights["rel_attn.layer_norm"], hidden, epsilon: epsilon),
        feedForward: try FeedForward(
          weights["ff"], hidden: hidden, inner: inner, activation, up: "layer_1",
          down: "layer_2"),
        outputNorm: try LayerNorm(weights["ff.layer_norm"], hidden, epsilon: epsilon))
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  /// Sines, then cosines, of the query's position less the key's.
  /// - Parameter distances: the key's position less the query's
  private static func sinusoids(_ distances: [Int], _ hidden: Int) -> Tensor {
    let half = hidden / 2
    // In float32, each step rounded, as torch computes it.
    let frequencies = (0..<half).map { 1 / powf(10_000, Float(2 * $0) / Float(hidden)) }
    return Tensor([distances.count, hidden]) { out in
      for (row, distance) in distances.enumerated() {
        for (column, frequency) in frequencies.enumerated() {
          let angle = Float(-distance) * frequency
          out[row * hidden + column] = sinf(angle)
          out[row * hidden + half + column] = cosf(angle)
        }
      }
    }
  }

  private static func attention(
    _ weights: Weights, hidden: Int, _ shape: AttentionShape, _ distances: DistanceInputs
  ) throws -> SelfAttention {
    let (heads, size) = (shape.heads, shape.size)
    func matrix(_ name: String) throws -> Tensor {
      try weights.transposed(name, [hidden, heads, size])
    }
    func bias(_ name: String) throws -> Tensor {
      try weights.array(name, [heads, size]).reshaped([shape.width])
    }
    // Queries come with the bias that they meet keys with; for distances and segments they are
    // shifted from there.
    let forKeys = try bias("r_w_bias")
    func shift(_ name: String) throws -> Tensor { try bias(name).adding(forKeys.scaled(by: -1)) }
    let parts = try ["q", "k", "v"].map(matrix)
    try weights.checkRoom(3 * hidden * shape.width, of: "q")
    var attention = SelfAttention(
      projection: Linear(
        weight: try weights.weight(Tensor.stacked(parts), "q"),
        bias: Tensor.joined([forKeys, .zeros([2 * shape.width])])),
      output: Linear(
        weight: try weights.weight(
          weights.array("o", [hidden, heads, size]).reshaped([hidden, shape.width]), "o"),
        bias: nil), shape)
    attention.positionBias = PositionBias(
      .init(
        queries: distances.vectors(Linear(weight: try weights.weight(matrix("r"), "r"), bias: nil)),
        shift: try shift("r_r_bias"),
        segments: (
          vectors: Self.segmentVectors(try weights.array("seg_embed", [2, heads, size])),
          shift: try shift("r_s_bias")
        )), shape)
    return attention
  }

  /// What it does to a score to be of two segments and not of one; softmax sees no more of it.
  /// - Shapes: for one segment, then for two: `[2, A, D]` → `[A, D]`
  private static func segmentVectors(_ table: Tensor) -> Tensor {
    let rows = table.reshaped([2, table.count / 2])
    return rows.rows(1..<2).adding(rows.rows(0..<1).scaled(by: -1))
      .reshaped(Array(table.shape.dropFirst()))
  }
}
