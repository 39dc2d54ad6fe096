package import ModelFiles
package import Tensors

/// CoSENTLoss of angles between complex numbers, whose slopes do not vanish where those of cosines
/// do (Li and Li, 2024).
///
/// A positive and negatives are pairs with the anchor: that of the positive has the row's label, 1
/// where there is none, and those of negatives have 1 less it.
package struct AnglELoss: Loss {
  package static let name = "AnglELoss"
  private let scale: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    scale = try options.number("scale", default: 20, above: 0)
    try options.expect("similarity_fct", "pairwise_angle_sim")
  }

  package var needs: LossNeeds {
    LossNeeds(
      columns: 2...Ranking.mostColumns, labels: .score, comparesRows: true, labelsUpTo: 2)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("scale", .double(scale)), ("similarity_fct", "pairwise_angle_sim")]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let rows = columns[0].rows
    let own = if case .none = labels { [Float](repeating: 1, count: rows) } else { labels.scores }
    let pairs = columns.dropFirst().map { PairAngles(columns[0], $0) }
    let order = OrderedScores(
      pairs.flatMap { $0.values.map { scale * $0 } },
      own + pairs.dropFirst().flatMap { _ in own.map { 1 - $0 } })
    let slopes = pairs.enumerated().map { place, pair in
      pair.derivatives(order.slopes[place * rows..<(place + 1) * rows].map { scale * $0 })
    }
    return LossValue(value: order.value, columns: slopes.byColumns)
  }
}
