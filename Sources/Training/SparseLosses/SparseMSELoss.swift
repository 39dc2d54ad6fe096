package import ModelFiles

/// The mean squared difference from vectors that a teacher gave.
package struct SparseMSELoss: SparseForm {
  package static let name = "SparseMSELoss"
  package static let standsAlone = true
  let dense: MSELoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try MSELoss(options, context)
  }
}
