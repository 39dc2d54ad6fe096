import Encoders
import ModelFiles
import Tensors

// What llama.cpp's convert_hf_to_gguf.py calls the parts of networks (gguf 0.19, tensor_mapping.py).
extension GGUFArchitecture {
  private static let tables = [
    ("token_embd", "embeddings.word_embeddings"),
    ("token_types", "embeddings.token_type_embeddings"),
  ]

  /// BERT's layers, by the names that transformers has for them.
  private static let bertLayers = [
    ("blk.#.attn_q", "encoder.layer.#.attention.self.query"),
    ("blk.#.attn_k", "encoder.layer.#.attention.self.key"),
    ("blk.#.attn_v", "encoder.layer.#.attention.self.value"),
    ("blk.#.attn_output", "encoder.layer.#.attention.output.dense"),
    ("blk.#.attn_output_norm", "encoder.layer.#.attention.output.LayerNorm"),
    ("token_embd_norm", "embeddings.LayerNorm"),
  ]

  private static func bertFields(_ settings: GGUFSettings) throws -> Fields {
    try settings.usual("bert") + [
      ("layer_norm_eps", .double(settings.double("attention.layer_norm_epsilon"))),
      ("type_vocab_size", .int(settings.rows("token_types"))),
    ]
  }

  /// BERT, and RoBERTa and its kin, whose tables of positions lose the rows before the first token's.
  static let bert = GGUFArchitecture(
    name: "bert",
    settings: { settings in
      try bertFields(settings) + [
        ("hidden_act", "gelu"), ("max_position_embeddings", .int(settings.rows("position_embd"))),
      ]
    },
    names: tables + bertLayers + [
      ("position_embd", "embeddings.position_embeddings"),
      ("blk.#.ffn_up", "encoder.layer.#.intermediate.dense"),
      ("blk.#.ffn_down", "encoder.layer.#.output.dense"),
      ("blk.#.layer_output_norm", "encoder.layer.#.output.LayerNorm"),
    ])

  /// Jina's BERT, version 2.
  static let jina = GGUFArchitecture(
    name: "jina-bert-v2",
    settings: { settings in
      try bertFields(settings) + [
        ("position_embedding_type", "alibi"), ("feed_forward_type", "geglu"),
      ]
    },
    names: tables + bertLayers + [
      // In one matrix, or, in older files, in two.
      ("blk.#.ffn_gate", "encoder.layer.#.mlp.gated_layers_w"),
      ("blk.#.ffn_up", "encoder.layer.#.mlp.gated_layers"),
      ("blk.#.ffn_down", "encoder.layer.#.mlp.wo"),
      ("blk.#.layer_output_norm", "encoder.layer.#.mlp.layernorm"),
    ])

  /// The layers of NomicBERT and jina-embeddings-v3.
  private static func fusedLayers(_ mixer: String) -> [(String, String)] {
    [
      ("token_embd_norm", "emb_ln"), ("blk.#.attn_qkv", "encoder.layers.#.\(mixer).Wqkv"),
      ("blk.#.attn_output", "encoder.layers.#.\(mixer).out_proj"),
      ("blk.#.attn_output_norm", "encoder.layers.#.norm1"),
      ("blk.#.layer_output_norm", "encoder.layers.#.norm2"),
    ]
  }

  private static func nomicFields(_ settings: GGUFSettings, _ activation: JSONValue) throws
    -> Fields
  {
    try settings.refuseScaling()
    return try [
      ("model_type", "nomic_bert"), ("n_embd", .int(settings.int("embedding_length"))),
      ("n_layer", .int(settings.int("block_count"))),
      ("n_head", .int(settings.int("attention.head_count"))),
      ("n_inner", .int(settings.int("feed_forward_length"))),
      ("vocab_size", .int(settings.rows("token_embd"))),
      ("type_vocab_size", .int(settings.rows("token_types"))),
      ("layer_norm_epsilon", .double(settings.double("attention.layer_norm_epsilon"))),
      ("rotary_emb_base", .double(settings.double("rope.freq_base", default: 10_000))),
      ("activation_function", activation),
    ]
  }

  static let nomic = GGUFArchitecture(
    name: "nomic-bert", settings: { try nomicFields($0, "swiglu") },
    names: tables + fusedLayers("attn") + [
      ("blk.#.ffn_up", "encoder.layers.#.mlp.fc11"),
      ("blk.#.ffn_gate", "encoder.layers.#.mlp.fc12"),
      ("blk.#.ffn_down", "encoder.layers.#.mlp.fc2"),
    ])

  /// nomic-embed-text-v2-moe. llama.cpp leaves the experts' bias out.
  static let nomicExperts = GGUFArchitecture(
    name: "nomic-bert-moe",
    settings: { settings in
      try nomicFields(settings, "gelu") + [
        ("moe_every_n_layers", .int(settings.int("moe_every_n_layers"))),
        ("num_experts", .int(settings.int("expert_count"))),
        ("moe_top_k", .int(settings.int("expert_used_count"))),
      ]
    },
    names: tables + fusedLayers("attn") + [
      ("blk.#.ffn_up", "encoder.layers.#.mlp.fc1"),
      ("blk.#.ffn_down", "encoder.layers.#.mlp.fc2"),
      ("blk.#.ffn_gate_inp", "encoder.layers.#.mlp.router.layer"),
      ("blk.#.ffn_up_exps", "encoder.layers.#.mlp.experts.mlp.w1"),
      ("blk.#.ffn_down_exps", "encoder.layers.#.mlp.experts.mlp.w2"),
    ],
    changed: { name, raw in
      guard name.hasSuffix("_exps"), raw.shape.count == 3 else { return nil }
      // Of what goes back, each expert's matrix is the other way round.
      let isBack = name.hasSuffix("ffn_down_exps")
      let (experts, rows, columns) = (raw.shape[0], raw.shape[1], raw.shape[2])
      return GGUFChange(
        hasNoEnding: true, shape: isBack ? [experts * columns, rows] : [experts * rows, columns],
        change: isBack ? EachTransposed(count: experts, rows: rows) : nil)
    })

  static let jinaV3 = GGUFArchitecture(
    name: "jina-bert-v3",
    settings: { settings in
      try settings.refuseScaling()
      return try settings.usual("jina_embeddings_v3") + [
        ("layer_norm_eps", .double(settings.double("attention.layer_norm_epsilon"))),
        ("type_vocab_size", .int(settings.rows("token_types"))), ("hidden_act", "gelu"),
        ("rope_theta", .double(settings.double("rope.freq_base", default: 20_000))),
      ]
    },
    names: tables + fusedLayers("mixer") + [
      ("blk.#.ffn_up", "encoder.layers.#.mlp.fc1"), ("blk.#.ffn_down", "encoder.layers.#.mlp.fc2"),
    ])

  /// The parts of networks of Llama's kind.
  private static let gated = [
    ("token_embd", "embed_tokens"), ("output_norm", "norm"),
    ("blk.#.attn_norm", "layers.#.input_layernorm"),
    ("blk.#.attn_q", "layers.#.self_attn.q_proj"), ("blk.#.attn_k", "layers.#.self_attn.k_proj"),
    ("blk.#.attn_v", "layers.#.self_attn.v_proj"),
    ("blk.#.attn_output", "layers.#.self_attn.o_proj"),
    ("blk.#.attn_q_norm", "layers.#.self_attn.q_norm"),
    ("blk.#.attn_k_norm", "layers.#.self_attn.k_norm"),
    ("blk.#.ffn_gate", "layers.#.mlp.gate_proj"), ("blk.#.ffn_up", "layers.#.mlp.up_proj"),
    ("blk.#.ffn_down", "layers.#.mlp.down_proj"),
  ]

  private static func gatedFields(_ settings: GGUFSettings, _ type: String) throws -> Fields {
    try settings.refuseScaling()
    let heads = try settings.int("attention.head_count")
    let size = try settings.int("embedding_length") / max(1, heads)
    return try settings.usual(type) + [
      ("num_key_value_heads", .int(settings.int("attention.head_count_kv", default: heads))),
      ("head_dim", .int(settings.int("attention.key_length", default: size))),
      ("rms_norm_eps", .double(settings.double("attention.layer_norm_rms_epsilon"))),
      ("rope_theta", .double(settings.double("rope.freq_base", default: 10_000))),
    ]
  }

  private static func qwen(_ name: String) -> GGUFArchitecture {
    GGUFArchitecture(
      name: name, isDecoder: true,
      settings: { settings in
        let bias = settings.file.tensors["blk.0.attn_q.bias"] != nil
        let isCausal = try settings.file.bool("\(name).attention.causal") ?? true
        return try gatedFields(settings, name) + [
          ("attention_bias", .bool(bias)), ("is_causal", .bool(isCausal)),
        ]
      },
      names: gated + [("blk.#.ffn_norm", "layers.#.post_attention_layernorm")],
      unused: ["output", "rope_freqs"])
  }

  static let qwen2 = qwen("qwen2")
  static let qwen3 = qwen("qwen3")

  /// EmbeddingGemma.
  static let gemma = GGUFArchitecture(
    name: "gemma-embedding",
    settings: { settings in
      let size = try settings.int("attention.key_length")
      let kinds = try settings.numbers("attention.sliding_window_pattern")?.map {
        JSONValue.string($0 == 0 ? "full_attention" : "sliding_attention")
      }
      return try gatedFields(settings, "gemma3_text") + [
        // Where it is not said, every sixth layer sees the whole text.
        ("layer_types", kinds.map { .array($0) } ?? .null),
        ("hidden_activation", "gelu_pytorch_tanh"), ("query_pre_attn_scalar", .int(size)),
        ("sliding_window", .int(settings.int("attention.sliding_window"))),
        ("use_bidirectional_attention", true),
        (
          "rope_local_base_freq",
          .double(settings.double("rope.freq_base_swa", default: 10_000))
        ),
      ]
    },
    names: gated + [
      ("blk.#.ffn_norm", "layers.#.pre_feedforward_layernorm"),
      ("blk.#.post_attention_norm", "layers.#.post_attention_layernorm"),
      ("blk.#.post_ffw_norm", "layers.#.post_feedforward_layernorm"),
    ], unused: ["output"],
    changed: { name, _ in
      // llama.cpp stores what scales, the directory how far that is from 1.
      name.hasSuffix("norm") ? GGUFChange(change: Shifted(by: -1)) : nil
    })
}

/// Numbers less or more by the same.
private struct Shifted: WeightChange {
  let by: Float

  func applied(to w: Tensor) -> Tensor { w.adding(by) }
}

/// Matrices one below the other, each of which is stored the other way round.
private struct EachTransposed: WeightChange {
  let count: Int
  /// Those of a stored matrix.
  let rows: Int

  func applied(to w: Tensor) -> Tensor {
    let columns = w.count / max(1, count * rows)
    return w.reshaped([count, rows, columns]).transposed(eachOf: count).reshaped([
      count * columns, rows,
    ])
  }
}
