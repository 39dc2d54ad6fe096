package import ModelFiles

/// How much better a positive fits than a negative should be as a teacher says.
package struct SparseMarginMSELoss: SparseForm {
  package static let name = "SparseMarginMSELoss"
  let dense: MarginMSELoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try MarginMSELoss(options, context)
  }
}
