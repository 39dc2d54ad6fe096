import Embeddings

/// What a request wants of a model.
enum Ability: Sendable {
  case vectors
  /// A vector for each token.
  case tokenVectors
  case sparseVectors
  /// Documents by how well they answer a query.
  case ranking
  /// Scores for labels.
  case labels
}

extension ServedModel {
  /// Whether it can do that.
  func can(_ ability: Ability) -> Bool {
    switch (ability, use) {
    case (.vectors, .dense), (.sparseVectors, .sparse), (.tokenVectors, .multi),
      (.labels, .reranker):
      true
    case (.tokenVectors, .dense): hasTokens
    case (.ranking, .reranker(let reranker)): reranker.labels.count == 1
    default: false
    }
  }
}
