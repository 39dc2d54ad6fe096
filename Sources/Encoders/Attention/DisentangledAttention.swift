import ModelFiles
import Tensors

/// Makes layers' attention whose scores are of content with content, of content with distance and
/// of distance with content: that of DeBERTa (He et al., 2020) and of its second version.
struct DisentangledAttention: Sendable {
  private let hidden: Int
  private let shape: AttentionShape
  /// Whether it is the first version's, which keeps weights otherwise.
  private let isFirst: Bool
  /// Whether positions are projected as content is.
  private let isShared: Bool
  /// Rows of the table of distances, to make what queries and keys are scored with; `nil` where
  /// they are not.
  private let queryInputs, keyInputs: DistanceInputs?

  /// - Parameter weights: of the whole encoder, where the table of distances is
  init(_ config: ModelConfig, _ weights: Weights, hidden: Int, isFirst: Bool) throws {
    self.hidden = hidden
    self.isFirst = isFirst
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let share = hidden / heads
    let size = isFirst ? share : try config.width("attention_head_size", default: share)
    isShared = try !isFirst && config.json.bool("share_att_key", default: false)
    let kinds = try Self.kinds(config)
    shape = AttentionShape(
      heads: heads, size: size, scale: 1 / Float(size * (1 + kinds.count)).squareRoot())
    guard try config.json.bool("relative_attention", default: false) else {
      (queryInputs, keyInputs) = (nil, nil)
      return
    }
    let buckets = try DeBERTaBuckets(
      config, farthest: Self.farthest(config),
      buckets: isFirst ? 0 : max(0, config.json.int("position_buckets", default: -1)))
    let table = try Self.table(
      config, weights, rows: 2 * buckets.span, hidden: hidden, isFirst: isFirst)
    func inputs(_ kind: String, _ sign: Int) -> DistanceInputs? {
      guard kinds.contains(kind) else { return nil }
      return DistanceInputs { distances, training in
        // Drawn for the rows of the table, in each layer: both kinds leave out the same numbers.
        let dropped = table.dropped(
          training?.ofAllTexts.dropout(.distances), positions: 0..<table.rows)
        return Tensor.gather([(dropped, distances.map { Int32(buckets(sign * $0)) })])
      }
    }
    // Both look up the query's position less the key's.
    (queryInputs, keyInputs) = (inputs("c2p", -1), inputs("p2c", 1))
  }

  /// What is scored beside content with content.
  private static func kinds(_ config: ModelConfig) throws -> [String] {
    guard let json = try config.json.present("pos_att_type") else { return [] }
    let kinds =
      json.kind == .array
      ? try json.elements.map { try $0.string() }
      : try json.string().lowercased().split(separator: "|").map { $0.filter { $0 != " " } }
    guard Set(kinds).isSubset(of: ["c2p", "p2c"]), Set(kinds).count == kinds.count else {
      throw FileError(
        "\(config.json.name): `pos_att_type` is \(kinds); only c2p and p2c are computed, each once")
    }
    return kinds
  }

  private static func farthest(_ config: ModelConfig) throws -> Int {
    try config.json.int("max_relative_positions", default: -1) < 1
      ? config.count("max_position_embeddings", default: 512)
      : config.count("max_relative_positions")
  }

  private static func table(
    _ config: ModelConfig, _ weights: Weights, rows: Int, hidden: Int, isFirst: Bool
  ) throws -> Tensor {
    let table = try weights.table("rel_embeddings.weight", rows, hidden)
    let norms = try config.json.string("norm_rel_ebd", default: "none").lowercased()
    guard !isFirst,
      norms.split(separator: "|").contains(where: { $0.filter { $0 != " " } == "layer_norm" })
    else { return table }
    try weights.checkRoom(table.count, of: "rel_embeddings.weight")
    return try LayerNorm(
      weights["LayerNorm"], hidden, epsilon: config.epsilon("layer_norm_eps", default: 1e-7))(table)
  }

  /// The attention of one layer.
  func callAsFunction(_ weights: Weights) throws -> SelfAttention {
    var attention = try isFirst ? joined(weights) : separate(weights)
    let own = weights["self"]
    func vectors(
      _ inputs: DistanceInputs?, _ name: String, bias: Bool = true
    ) throws -> LengthCache<DistanceVectors>? {
      try inputs?.vectors(Linear(own[name], hidden, shape.width, bias: bias))
    }
    let names =
      isFirst
      ? ("pos_proj", "pos_q_proj")
      : isShared ? ("key_proj", "query_proj") : ("pos_key_proj", "pos_query_proj")
    attention.positionBias = PositionBias(
      .init(
        queries: try vectors(queryInputs, names.0, bias: !isFirst),
        keys: try vectors(keyInputs, names.1)), shape)
    return attention
  }

  private func separate(_ weights: Weights) throws -> SelfAttention {
    try SelfAttention(
      weights, hidden: hidden, shape,
      names: .init(
        query: "self.query_proj", key: "self.key_proj", value: "self.value_proj",
        output: "output.dense"))
  }

  /// The first version keeps each head's query, key and value beside each other, and no bias of
  /// keys.
  private func joined(_ weights: Weights) throws -> SelfAttention {
    let own = weights["self"]
    let (size, width) = (shape.size, shape.width)
    let stored = try own.table("in_proj.weight", 3 * width, hidden)
    try own.checkRoom(stored.count, of: "in_proj.weight")
    let order = (0..<3).flatMap { part in
      (0..<shape.heads).flatMap { head in
        (0..<size).map { Int32((3 * head + part) * size + $0) }
      }
    }
    let bias = Tensor.joined([
      try own.vector("q_bias", width), .zeros([width]), try own.vector("v_bias", width),
    ])
    return SelfAttention(
      projection: Linear(
        weight: try own.weight(Tensor.gather([(stored, order)]), "in_proj.weight"), bias: bias),
      output: try Linear(weights["output.dense"], width, hidden), shape)
  }
}
