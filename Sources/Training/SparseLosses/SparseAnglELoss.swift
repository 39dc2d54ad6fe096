package import ModelFiles
package import Vectors

/// SparseCoSENTLoss of angles between complex numbers.
package struct SparseAnglELoss: SparseForm {
  package static let name = "SparseAnglELoss"
  let dense: AnglELoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try AnglELoss(options, context)
  }

  /// Pairs alone, whose scores are there.
  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .score, comparesRows: true) }
  package var similarity: Similarity? { .cosine }
}
