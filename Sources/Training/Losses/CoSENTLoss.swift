package import ModelFiles
package import Tensors

/// Of each two rows, that with the higher score should have the larger cosine (Su, 2022).
package struct CoSENTLoss: Loss {
  package static let name = "CoSENTLoss"
  private let scale: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    scale = try options.number("scale", default: 20, above: 0)
    try options.expect("similarity_fct", "pairwise_cos_sim")
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .score, comparesRows: true) }

  package var parameters: [(name: String, value: JSONValue)] {
    [("scale", .double(scale)), ("similarity_fct", "pairwise_cos_sim")]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let cosines = PairCosines(columns[0], columns[1])
    let order = OrderedScores(cosines.values.map { scale * $0 }, labels.scores)
    return LossValue(
      value: order.value, columns: cosines.derivatives(order.slopes.map { scale * $0 }))
  }
}
