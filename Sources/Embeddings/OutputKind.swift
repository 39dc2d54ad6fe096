package import Vectors

/// What a model makes of a text.
package enum OutputKind: Sendable, Hashable {
  /// One vector of so many numbers.
  case vector(Int)
  /// A vector of so many numbers for each token.
  case tokens(Int)
  /// A number for each entry of a vocabulary, most of them 0.
  case sparse(vocabulary: Int)
  /// A number for each of so many labels, of a text or of a pair.
  case scores(labels: Int)

  /// The numbers in a row.
  package var width: Int {
    switch self {
    case .vector(let width), .tokens(let width): width
    case .sparse(let vocabulary): vocabulary
    case .scores(let labels): labels
    }
  }
}

/// What a model made of texts, one of these for each text, in their order.
package enum Results: Sendable {
  /// A vector, or a score for each label.
  case rows(Matrix)
  /// A vector for each token.
  case ragged(RaggedMatrix)
  /// A vector most of whose numbers are 0.
  case sparse(SparseMatrix)
}
