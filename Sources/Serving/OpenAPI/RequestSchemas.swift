/// What bodies should be, by the names that endpoints use for them. Members that are not here are
/// passed over, and null is as if a member were not there.
struct RequestSchemas {
  /// How many texts a request may have.
  let mostTexts: Int

  var all: [(name: String, schema: Schema)] {
    vectors + cohere + tasks + scores + ranks + tokens + others
  }

  private static let tokenID = Schema.integer(from: 0, through: Int(Int32.max))
  private static let ids = Schema.list(of: tokenID, least: 1)
  private static let flag = Schema.boolean.orNull
  private static let count = Schema.integer(from: 1).orNull
  private static let model = Schema.string.orNull.described("The first that can do it unless said")
  private static let promptName = Schema.string.orNull.described(
    "Which of the model's prompts goes before each text; `query` and `document` are known")
  private static let truncate = Schema.boolean.orNull.described(
    "Whether texts over the limit are cut, or else refused")
  private static let direction = Schema.word(["Left", "Right", "left", "right"]).orNull.described(
    "The end that a text over the limit loses")
  private static let dimensions = Schema.integer(from: 1).orNull.described(
    "How many of the first numbers stay; they are brought to length 1 again")
  private static let encoding = Schema.word(VectorEncoding.allCases.map(\.rawValue)).orNull
  private static let inputType = Schema.word([
    "query", "document", "passage", "search_query", "search_document", "classification",
    "clustering",
  ]).orNull

  private static let task = Schema.string.orNull.described(
    "retrieval.query, retrieval.passage, or the name of one of the model's prompts")
  private static let lateChunking = Schema.boolean.orNull.described(
    "Only false is taken: each text is read by itself")

  private var strings: Schema { .list(of: .string, least: 1, most: mostTexts) }

  /// Requests for vectors.
  private var vectors: [(name: String, schema: Schema)] {
    let objects = Schema.list(of: .object(["text": .string]), least: 1, most: mostTexts)
    return [
      (
        "Texts",
        .any([
          .string, strings, Self.ids, .list(of: Self.ids, least: 1, most: mostTexts),
        ]).described(
          "A text or a list of texts; or token ids, where they are the model's own, its special "
            + "tokens included")
      ),
      (
        "EmbeddingsRequest",
        .object(
          [
            "input": .any([.named("Texts"), objects]), "model": Self.model,
            "encoding_format": Self.encoding,
            "embedding_type": Self.encoding, "encoding_type": Self.encoding,
            "dimensions": Self.dimensions, "output_dimension": Self.dimensions,
            "user": Schema.string.orNull, "prompt_name": Self.promptName,
            "input_type": Self.inputType, "task": Self.task, "normalize": Self.flag,
            "normalized": Self.flag, "truncate": Self.truncate, "late_chunking": Self.lateChunking,
          ], needed: ["input"])
      ),
      (
        "EmbedRequest",
        .object(
          [
            "inputs": .named("Texts"), "model": Self.model, "truncate": Self.truncate,
            "truncation_direction": Self.direction, "prompt_name": Self.promptName,
            "normalize": Self.flag, "dimensions": Self.dimensions,
            "encoding_format": Self.encoding.described("With base64 numbers, too, as with float"),
          ], needed: ["inputs"])
      ),
      (
        "TextsRequest",
        .object(
          [
            "inputs": .named("Texts"), "model": Self.model, "truncate": Self.truncate,
            "truncation_direction": Self.direction, "prompt_name": Self.promptName,
          ], needed: ["inputs"])
      ),
    ]
  }

  /// Cohere's requests for vectors.
  private var cohere: [(name: String, schema: Schema)] {
    let part = Schema.object(["type": .word(["text"]), "text": .string], needed: ["text"])
    let input = Schema.object(["content": .list(of: part, least: 1)])
    return [
      (
        "CohereEmbedRequest",
        .object(
          [
            "texts": strings.orNull,
            "inputs": Schema.list(of: input, least: 1, most: mostTexts).orNull.described(
              "Instead of `texts`; parts of an input are lines of one text"),
            "model": Self.model, "input_type": Self.inputType,
            "embedding_types": Schema.any([
              .list(of: .word(VectorEncoding.allCases.map(\.rawValue))), Self.encoding,
            ]).orNull,
            "truncate": Schema.word(["NONE", "START", "END"]).orNull.described(
              "The end that a text over the limit loses, or that it is refused; END unless said"),
            "output_dimension": Self.dimensions,
            "max_tokens": Self.count.described("How many tokens of a text are read"),
          ], needed: [])
      )
    ]
  }

  /// Requests of those who do not say which endpoint they mean.
  private var tasks: [(name: String, schema: Schema)] {
    [
      (
        "Task",
        .any(
          ["EmbedRequest", "SimilarityRequest", "PredictRequest", "RerankRequest"].map(
            Schema.named))
      ),
      (
        "VertexRequest",
        .object(["instances": .list(of: .named("Task"), least: 1, most: mostTexts)])
      ),
    ]
  }

  private var scores: [(name: String, schema: Schema)] {
    let pair = Schema.list(of: .string, least: 1, most: 2)
    return [
      (
        "SimilarityRequest",
        .object(
          [
            "inputs": .object([
              "source_sentence": .string,
              "sentences": .list(of: .string, least: 1, most: max(1, mostTexts - 1)),
            ]), "model": Self.model,
            "parameters": Schema.object(
              [
                "truncate": Self.truncate, "truncation_direction": Self.direction,
                "prompt_name": Self.promptName,
              ], needed: []
            ).orNull,
          ], needed: ["inputs"])
      ),
      (
        "PredictRequest",
        .object(
          [
            "inputs": .any([.string, pair, .list(of: pair, least: 1, most: mostTexts)]),
            "model": Self.model, "truncate": Self.truncate,
            "truncation_direction": Self.direction, "raw_scores": Self.flag,
          ], needed: ["inputs"])
      ),
    ]
  }

  private var ranks: [(name: String, schema: Schema)] {
    let document = Schema.any([.string, .object(["text": .string])])
    return [
      (
        "RerankRequest",
        .any([
          .object(
            [
              "query": .string, "texts": strings, "model": Self.model, "truncate": Self.truncate,
              "truncation_direction": Self.direction, "raw_scores": Self.flag,
              "return_text": Self.flag, "top_n": Self.count,
            ], needed: ["query", "texts"]),
          .object(
            [
              "query": .string, "documents": .list(of: document, least: 1, most: mostTexts),
              "model": Self.model, "top_n": Self.count, "return_documents": Self.flag,
              "rank_fields": Schema.list(of: .string, least: 1, most: 64).orNull,
              "max_tokens_per_doc": Self.count,
            ], needed: ["query", "documents"]),
        ])
      )
    ]
  }

  private var tokens: [(name: String, schema: Schema)] {
    [
      (
        "TokenizeRequest",
        .any([
          .object(
            [
              "inputs": .any([.string, strings]), "model": Self.model,
              "add_special_tokens": Self.flag, "prompt_name": Self.promptName,
            ], needed: ["inputs"]),
          .object(
            [
              "content": .string, "model": Self.model, "add_special": Self.flag,
              "with_pieces": Self.flag,
            ], needed: ["content"]),
        ])
      ),
      (
        "DecodeRequest",
        .object(
          [
            "ids": .any([Self.ids, .list(of: Self.ids, least: 1, most: mostTexts)]),
            "model": Self.model, "skip_special_tokens": Self.flag,
          ], needed: ["ids"])
      ),
      (
        "DetokenizeRequest",
        .object(["tokens": .list(of: Self.tokenID), "model": Self.model], needed: ["tokens"])
      ),
    ]
  }

  /// Those of llama.cpp's and ollama's clients.
  private var others: [(name: String, schema: Schema)] {
    let text = Schema.any([.string, Self.ids])
    return [
      (
        "ContentRequest",
        .object(
          [
            "content": .any([text, .list(of: text, least: 1, most: mostTexts)]),
            "model": Self.model, "embd_normalize": Schema.integer(from: -1).orNull,
          ], needed: ["content"])
      ),
      (
        "OllamaEmbedRequest",
        .object(
          [
            "model": Self.model,
            "input": Schema.any([.named("Texts"), .list(of: .string, most: 0)]).orNull,
            "truncate": Self.truncate, "dimensions": Self.dimensions,
          ], needed: [])
      ),
      (
        "OllamaPromptRequest",
        .object(["model": Self.model, "prompt": Schema.string.orNull], needed: [])
      ),
      (
        "OllamaShowRequest",
        .object(["model": Self.model, "name": Schema.string.orNull], needed: [])
      ),
    ]
  }
}
