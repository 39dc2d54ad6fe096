package import ModelFiles

/// The shares that candidates of a query have should be those that a teacher gives them.
package struct SparseDistillKLDivLoss: SparseForm {
  package static let name = "SparseDistillKLDivLoss"
  let dense: DistillKLDivLoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try DistillKLDivLoss(options, temperature: 2)
  }
}
