package import ModelFiles
package import Tensors

/// (cosine of a row's two texts − its score)², and of all rows the mean.
package struct CosineSimilarityLoss: Loss {
  package static let name = "CosineSimilarityLoss"
  package static let shortNames = ["cosine"]

  package init(_ options: JSON, _ context: LossContext) throws {
    try options.expect("loss_fct", "MSELoss")
    try options.expect("cos_score_transformation", "Identity")
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .score) }

  package var parameters: [(name: String, value: JSONValue)] {
    [
      ("loss_fct", "torch.nn.modules.loss.MSELoss"),
      ("cos_score_transformation", "torch.nn.modules.linear.Identity"),
    ]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let cosines = PairCosines(columns[0], columns[1], shortest: 1e-8)
    let count = Double(cosines.values.count)
    let wrong = zip(cosines.values, labels.scores).map { $0 - Double($1) }
    // y = Σ (c − s)²/B, so dc = 2 (c − s)/B
    return LossValue(
      value: wrong.reduce(0) { $0 + $1 * $1 } / count,
      columns: cosines.derivatives(wrong.map { 2 * $0 / count }))
  }
}
