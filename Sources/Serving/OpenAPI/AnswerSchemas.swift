/// What answers are, by the names that endpoints use for them.
enum AnswerSchemas {
  static let all: [(name: String, schema: Schema)] =
    vectors + cohere + models + tokens + scores + errors

  private static let vectors: [(name: String, schema: Schema)] = [
    (
      "Vector",
      .any([.list(of: .number), .string]).described(
        "Numbers; or in base64 those of float32, little-endian")
    ),
    (
      "Usage",
      .object(["prompt_tokens": .integer(from: 0), "total_tokens": .integer(from: 0)])
    ),
    (
      "EmbeddingList",
      .any([
        .object([
          "object": .word(["list"]),
          "data": .list(
            of: .object([
              "object": .word(["embedding"]), "index": .integer(from: 0),
              "embedding": .named("Vector"),
            ])),
          "model": .string, "usage": .named("Usage"),
        ]), .list(of: .named("PooledRows")),
      ]).described("A list without names where the request has `content`, as llama.cpp's have")
    ),
    ("SparseNumber", .object(["index": .integer(from: 0), "value": .number])),
    (
      "PooledRows",
      .object(["index": .integer(from: 0), "embedding": .list(of: .list(of: .number))])
    ),
    (
      "OllamaVectors",
      .object([
        "model": .string, "embeddings": .list(of: .named("Vector")),
        "total_duration": .integer(from: 0), "load_duration": .integer(from: 0),
        "prompt_eval_count": .integer(from: 0),
      ])
    ),
  ]

  private static let cohere: [(name: String, schema: Schema)] = [
    (
      "CohereVectors",
      .any([
        .object([
          "id": .string, "response_type": .word(["embeddings_by_type"]),
          "texts": .list(of: .string),
          "embeddings": .object(
            [
              "float": .list(of: .named("Vector")), "base64": .list(of: .named("Vector")),
              "binary": .list(of: .named("Vector")), "ubinary": .list(of: .named("Vector")),
            ], needed: []), "meta": .named("CohereMeta"),
        ]),
        .object([
          "id": .string, "response_type": .word(["embeddings_floats"]),
          "texts": .list(of: .string), "embeddings": .list(of: .named("Vector")),
          "meta": .named("CohereMeta"),
        ]),
      ]).described("The second where /v1/embed is asked for no types")
    ),
    (
      "CohereMeta",
      .object([
        "api_version": .object(["version": .string]),
        "billed_units": .object(["input_tokens": .integer(from: 0)]),
      ])
    ),
  ]

  private static let models: [(name: String, schema: Schema)] = [
    (
      "Model",
      .object([
        "id": .string, "object": .word(["model"]), "created": .integer(from: 0),
        "owned_by": .string,
      ])
    ),
    (
      "ModelList", .object(["object": .word(["list"]), "data": .list(of: .named("Model"))])
    ),
    (
      "Info",
      .object([
        "model_id": .string, "model_dtype": .string, "model_type": .object([:]),
        "max_concurrent_requests": .integer(from: 1), "max_input_length": .integer(from: 1),
        "max_batch_tokens": .integer(from: 1), "max_client_batch_size": .integer(from: 1),
        "auto_truncate": .boolean, "tokenization_workers": .integer(from: 1), "version": .string,
      ])
    ),
    (
      "OllamaModels",
      .list(
        of: .object([
          "name": .string, "model": .string, "modified_at": .string, "size": .integer(from: 0),
          "digest": .string, "details": .object([:]),
        ]))
    ),
    (
      "OllamaModelDetails",
      .object([
        "details": .object([:]), "model_info": .object([:]), "capabilities": .list(of: .string),
      ])
    ),
  ]

  private static let tokens: [(name: String, schema: Schema)] = [
    (
      "Token",
      .object([
        "id": .integer(from: 0), "text": .string, "special": .boolean,
        "start": Schema.integer(from: 0).orNull, "stop": Schema.integer(from: 0).orNull,
      ])
    ),
    (
      "TokenIDs",
      .object([
        "tokens": .list(
          of: .any([
            .integer(from: 0), .object(["id": .integer(from: 0), "piece": .string]),
          ]))
      ])
    ),
  ]

  private static let scores: [(name: String, schema: Schema)] = [
    ("Prediction", .list(of: .object(["score": .number, "label": .string]))),
    (
      "Rank",
      .object(
        ["index": .integer(from: 0), "score": .number, "text": .string],
        needed: ["index", "score"])
    ),
    (
      "Ranking",
      .object([
        "id": .string, "model": .string,
        "results": .list(
          of: .object(
            [
              "index": .integer(from: 0), "relevance_score": .number,
              "document": .object(["text": .string]),
            ], needed: ["index", "relevance_score"])),
        "usage": .named("Usage"), "meta": .object([:]),
      ])
    ),
  ]

  private static let errors: [(name: String, schema: Schema)] = [
    (
      Dialect.openAI.errorName,
      .object([
        "error": .object([
          "message": .string, "type": .string, "param": Schema.string.orNull,
          "code": Schema.string.orNull,
        ]), "detail": Schema.string.described("The message once more, where Jina's clients look"),
      ])
    ),
    (
      Dialect.textEmbeddings.errorName,
      .object([
        "error": .string,
        "error_type": .word([
          "Unhealthy", "Backend", "Overloaded", "Validation", "Tokenizer", "Empty",
        ]),
      ])
    ),
    (
      Dialect.cohere.errorName,
      .object(["message": .string, "error": .string, "error_type": .string])
    ),
    (Dialect.ollama.errorName, .object(["error": .string])),
    (
      Dialect.llamaCpp.errorName,
      .object([
        "error": .object(["code": .integer(from: 400), "message": .string, "type": .string])
      ])
    ),
  ]
}

extension Dialect {
  /// What the document calls its errors.
  var errorName: String {
    switch self {
    case .openAI: "OpenAIError"
    case .textEmbeddings: "TextEmbeddingsError"
    case .cohere: "CohereError"
    case .ollama: "OllamaError"
    case .llamaCpp: "LlamaCppError"
    }
  }

  /// What the document calls its group of endpoints.
  var title: String {
    switch self {
    case .openAI: "OpenAI"
    case .textEmbeddings: "text-embeddings-inference"
    case .cohere: "Cohere"
    case .ollama: "ollama"
    case .llamaCpp: "llama.cpp"
    }
  }
}
