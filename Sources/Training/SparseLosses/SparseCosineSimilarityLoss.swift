package import ModelFiles
package import Vectors

/// The cosine of two texts should be their score.
package struct SparseCosineSimilarityLoss: SparseForm {
  package static let name = "SparseCosineSimilarityLoss"
  let dense: CosineSimilarityLoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try CosineSimilarityLoss(options, context)
  }

  package var similarity: Similarity? { .cosine }
}
