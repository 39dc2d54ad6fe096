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

extension Wish {
  /// What OpenAI's clients ask for, with members that they have no words for.
  init(openAI body: Body, _ model: ServedModel) throws {
    self.init()
    promptName = try body.string("prompt_name")
    if let type = try body.word("input_type", InputType.self) {
      guard promptName == nil else {
        throw Problem.invalid(
          "`input_type` and `prompt_name` both say what goes before the texts; send one of them",
          "input_type")
      }
      promptName = type.promptName(model.model)
    }
    normalizes = try body.bool("normalize")
    truncates = try body.bool("truncate")
    dimensions = try body.integer("dimensions", from: 1)
  }

  /// What text-embeddings-inference's clients say of how texts are read.
  init(textEmbeddings body: Body) throws {
    self.init()
    promptName = try body.string("prompt_name")
    truncates = try body.bool("truncate")
    isCutLeft = try body.word("truncation_direction", Direction.self).map { $0 == .left }
  }
}
