import Embeddings
import Vectors

/// What a model made of one text.
enum Made: Sendable {
  /// A vector, or a number for each label.
  case row([Float])
  /// A vector for each token.
  case rows(Matrix)
  case sparse(SparseMatrix.Row)
  /// Numbers came out that are not finite.
  case notFinite

  /// The text's part of what was made of a micro-batch.
  init(_ results: Results, at index: Int) {
    guard results.isFinite(at: index) else {
      self = .notFinite
      return
    }
    self =
      switch results {
      case .rows(let matrix): .row(matrix[index])
      case .ragged(let groups): .rows(groups.group(index))
      case .sparse(let matrix): .sparse(matrix[index])
      }
  }
}
