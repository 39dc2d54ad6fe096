package import ModelFiles
package import Vectors

/// Of each two pairs, that with the higher score should have the larger cosine.
package struct SparseCoSENTLoss: SparseForm {
  package static let name = "SparseCoSENTLoss"
  let dense: CoSENTLoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try CoSENTLoss(options, context)
  }

  package var similarity: Similarity? { .cosine }
}
