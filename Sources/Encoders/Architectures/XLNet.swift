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
    let hidden = try config.count("d_model")
    guard hidden % 2 == 0 else {
      throw FileError("\(config.json.name): `d_model` is \(hidden), should be even for sinusoids")
    }
    let vocabulary = try config.count(
      config.json.present("vocab_size") == nil ? "n_token" : "vocab_size")
    let inputs = InputEmbeddings(
      words: try root.table("word_embedding.weight", vocabulary, hidden), segments: .compared)
    let clamp = try config.json.int("clamp_len", default: -1)
    let distances = DistanceInputs { distances in
      sinusoids(distances.map { clamp > 0 ? max(-clamp, min($0, clamp)) : $0 }, hidden)
    }
    let layers = try (0..<config.layers("n_layer")).map { index in
      try layer(config, root["layer.\(index)"], hidden: hidden, distances)
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  /// Sines, then cosines, of the query's place less the key's.
  /// - Parameter distances: the key's place less the query's
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

  private static func layer(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, _ distances: DistanceInputs
  ) throws -> PostNormLayer {
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let inner = weights["ff"]
    return PostNormLayer(
      attention: try attention(config, weights["rel_attn"], hidden: hidden, distances),
      attentionNorm: try LayerNorm(weights["rel_attn.layer_norm"], hidden, epsilon: epsilon),
      feedForward: try FeedForward(
        inner, hidden: hidden, inner: config.count("d_inner"),
        config.activation("ff_activation", default: "gelu"), up: "layer_1", down: "layer_2"),
      outputNorm: try LayerNorm(inner["layer_norm"], hidden, epsilon: epsilon))
  }

  private static func attention(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, _ distances: DistanceInputs
  ) throws -> SelfAttention {
    let heads = try config.heads("n_head", hidden: hidden)
    let size = try config.count("d_head", default: hidden / heads)
    let width = heads * size
    func matrix(_ name: String) throws -> Tensor {
      try weights.transposed(name, [hidden, heads, size])
    }
    func bias(_ name: String) throws -> [Float] {
      try weights.array(name, [heads, size]).elements
    }
    // Queries come with the bias that they meet keys with; for distances and segments they are
    // shifted from there.
    let (forKeys, forDistances, forSegments) = try (
      bias("r_w_bias"), bias("r_r_bias"), bias("r_s_bias")
    )
    let projection = Linear(
      weight: weights.weight(
        Tensor.stacked([try matrix("q"), try matrix("k"), try matrix("v")])),
      bias: Tensor([3 * width], forKeys + [Float](repeating: 0, count: 2 * width)))
    let output = Linear(
      weight: weights.weight(
        try weights.array("o", [hidden, heads, size]).reshaped([hidden, width])),
      bias: nil)
    var attention = SelfAttention(
      projection: projection, output: output, AttentionShape(heads), headSize: size)
    attention.positionBias = RelativePlaces(
      heads: heads, headSize: size,
      queries: distances.vectors(Linear(weight: weights.weight(try matrix("r")), bias: nil)),
      queryShift: Tensor([width], zip(forDistances, forKeys).map { $0 - $1 }),
      segments: segmentVectors(
        try weights.array("seg_embed", [2, heads, size]).elements, heads: heads, size: size,
        shift: zip(forSegments, forKeys).map { $0 - $1 }))
    return attention
  }

  /// What it does to a score to be of two segments and not of one; softmax sees no more of it.
  /// - Parameter table: for one segment, then for two: `[2, A, D]`
  private static func segmentVectors(
    _ table: [Float], heads: Int, size: Int, shift: [Float]
  ) -> SegmentVectors {
    let width = heads * size
    let vectors = (0..<width).map { table[width + $0] - table[$0] }
    let shifts = (0..<heads).map { head in
      (head * size..<(head + 1) * size).reduce(0) { $0 + shift[$1] * vectors[$1] }
    }
    return SegmentVectors(vectors: Tensor([heads, size], vectors), shifts: shifts)
  }
}
