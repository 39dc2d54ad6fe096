import Embeddings

/// What sentence-transformers' template for a kind of model calls the model and what belongs to it.
struct CardTerms {
  /// The class that reads the model in Python.
  let pythonClass: String
  /// Such a model.
  let type: String
  let tags: [String]
  let pipelineTag: String
  /// The part of the documentation that is about such models.
  let documentation: String
  /// What goes before the names of evaluators.
  let evaluatorPrefix: String
  /// What follows `It gives a text a vector of 384`.
  let purpose: String
  /// The name above the card; `nil` for the class and what the model is based on.
  var title: String?

  static func of(_ kind: ModelKind) -> CardTerms {
    switch kind {
    case .sparse: sparse
    case .rerank: rerank
    case .dense, .multi: dense
    }
  }

  private static let dense = CardTerms(
    pythonClass: "SentenceTransformer", type: "Sentence Transformer",
    tags: ["sentence-transformers", "sentence-similarity", "feature-extraction", "dense"],
    pipelineTag: "sentence-similarity", documentation: "sentence_transformer", evaluatorPrefix: "",
    purpose: "numbers: texts that mean about the same have vectors near each other, for search, "
      + "comparing, clustering and classifying.")

  private static let sparse = CardTerms(
    pythonClass: "SparseEncoder", type: "SPLADE Sparse Encoder",
    tags: ["sentence-transformers", "sparse-encoder", "sparse", "splade"],
    pipelineTag: "feature-extraction", documentation: "sparse_encoder", evaluatorPrefix: "Sparse",
    purpose: "numbers, most of them 0, one for each entry of its vocabulary: for semantic search "
      + "and sparse retrieval.", title: "SPLADE Sparse Encoder")

  /// What such a model is for is in `RerankerCard`.
  private static let rerank = CardTerms(
    pythonClass: "CrossEncoder", type: "Cross Encoder",
    tags: ["sentence-transformers", "cross-encoder", "reranker"], pipelineTag: "text-ranking",
    documentation: "cross_encoder", evaluatorPrefix: "", purpose: "")
}

extension CardContents {
  var terms: CardTerms { .of(kind) }
}
