package import ModelFiles

/// An anchor should be nearer to its positive than to its negative, by a margin.
package struct SparseTripletLoss: SparseForm {
  package static let name = "SparseTripletLoss"
  let dense: TripletLoss

  package init(_ options: JSON, _ context: LossContext) throws {
    dense = try TripletLoss(options, context)
  }
}
