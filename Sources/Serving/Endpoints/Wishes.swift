import Embeddings

/// What a text is for, in the words of several services.
private enum InputType: String, CaseIterable {
  case query, document, passage, classification, clustering
  case searchQuery = "search_query"
  case searchDocument = "search_document"

  /// The model's prompt for it. Each model takes `query` and `document`, perhaps without a text of
  /// its own for them; other tasks have a prompt only where the model's files name one.
  func promptName(_ model: TextModel) -> String? {
    switch self {
    case .query, .searchQuery: "query"
    case .document, .passage, .searchDocument: "document"
    case .classification, .clustering:
      model.prompts.named.contains { $0.name == rawValue } ? rawValue : nil
    }
  }
}

/// Which end of a text that is too long is lost.
private enum Direction: String, CaseIterable { case left, right }

/// The same in Cohere's words, or that such a text is refused.
private enum Truncation: String, CaseIterable {
  case refusal = "none"
  case start, end
}

extension Wish {
  /// What OpenAI's clients ask for, with members that they have no words for but others have.
  init(openAI body: Body, _ model: ServedModel) throws {
    self.init()
    promptName = try Self.promptName(body, model.model)
    normalizes = try body.one(of: ["normalize", "normalized"], body.bool)
    truncates = try body.bool("truncate")
    dimensions = try body.one(of: ["dimensions", "output_dimension"]) {
      try body.integer($0, from: 1)
    }
    if try body.bool("late_chunking") ?? false {
      throw Problem.invalid(
        "`late_chunking` is true, should be false or left out: each text is read by itself here",
        "late_chunking")
    }
  }

  /// The prompt that is asked for, in the words of one of three services.
  private static func promptName(_ body: Body, _ model: TextModel) throws -> String? {
    let said = ["input_type", "task", "prompt_name"].filter { body[$0] != nil }
    guard said.count < 2 else {
      throw Problem.invalid(
        "`\(said[0])` and `\(said[1])` both say what goes before the texts; send one of them",
        said[0])
    }
    if let type = try body.word("input_type", InputType.self) { return type.promptName(model) }
    if let task = try body.string("task") { return try promptName(ofTask: task, model) }
    return try body.string("prompt_name")
  }

  /// The prompt for one of Jina's tasks: that of its name, where the model has one, or that of its
  /// side. A task without a prompt would be answered with vectors for another.
  private static func promptName(ofTask task: String, _ model: TextModel) throws -> String {
    let sides = ["retrieval.query": "query", "retrieval.passage": "document"]
    if !model.prompts.named.contains(where: { $0.name == task }), let side = sides[task] {
      return side
    }
    do {
      _ = try model.prompts.text(named: task)
    } catch {
      // It ends with the names that are known.
      let others = sides.keys.sorted().joined(separator: ", ")
      throw Problem.invalid("`task`: \(error), \(others)", "task")
    }
    return task
  }

  /// What Cohere's clients ask for. There it is known what becomes of texts over the limit where
  /// nothing is said of them, whatever this server's options are.
  init(cohere body: Body, _ model: ServedModel) throws {
    self.init()
    promptName = try body.word("input_type", InputType.self)?.promptName(model.model)
    let truncation = try body.word("truncate", Truncation.self) ?? .end
    (truncates, isCutLeft) = (truncation != .refusal, truncation == .start)
    dimensions = try body.integer("output_dimension", from: 1)
    mostTokens = try body.integer("max_tokens", from: 1)
  }

  /// What text-embeddings-inference's clients say of how texts are read.
  init(textEmbeddings body: Body) throws {
    self.init()
    promptName = try body.string("prompt_name")
    truncates = try body.bool("truncate")
    isCutLeft = try body.word("truncation_direction", Direction.self).map { $0 == .left }
  }
}
