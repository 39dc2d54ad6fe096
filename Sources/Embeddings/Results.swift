package import Vectors

/// What a model made of texts, one of these for each text, in their order.
package enum Results: Sendable {
  /// A vector, or a score for each label.
  case rows(Matrix)
  /// A vector for each token.
  case ragged(RaggedMatrix)
  /// A vector most of whose numbers are 0.
  case sparse(SparseMatrix)
}
