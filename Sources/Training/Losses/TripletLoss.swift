package import ModelFiles
package import Tensors

/// An anchor should be nearer to its positive than to its negative, by a margin.
package struct TripletLoss: Loss {
  package static let name = "TripletLoss"

  private enum Metric: String, CaseIterable, Sendable {
    case cosine = "COSINE"
    case euclidean = "EUCLIDEAN"
    case manhattan = "MANHATTAN"

    var distance: PairDistances.Metric {
      switch self {
      case .cosine: .cosine(shortest: 1e-12)
      case .euclidean: .euclidean(shift: 0)
      case .manhattan: .manhattan(shift: 0)
      }
    }
  }

  private let metric: Metric
  private let margin: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    metric = try options.name("distance_metric", default: .euclidean)
    margin = try options.number("triplet_margin", default: 5)
  }

  package var needs: LossNeeds { LossNeeds(columns: 3...3, labels: .none) }

  package var parameters: [(name: String, value: JSONValue)] {
    [
      ("distance_metric", .string("TripletDistanceMetric.\(metric.rawValue)")),
      ("triplet_margin", .plain(margin)),
    ]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let right = PairDistances(columns[0], columns[1], metric.distance)
    let wrong = PairDistances(columns[0], columns[2], metric.distance)
    let terms = zip(right.values, wrong.values).map { $0 - $1 + margin }
    let count = Double(terms.count)
    // y = Σ max(0, dₚ − dₙ + margin)/B, so ddₚ = 1/B and ddₙ = −1/B where there is something left.
    let slopes = terms.map { $0 > 0 ? 1 / count : 0 }
    let (byRight, byWrong) = (right.derivatives(slopes), wrong.derivatives(slopes.map { -$0 }))
    return LossValue(
      value: terms.reduce(0) { $0 + ($1 > 0 || $1.isNaN ? $1 : 0) } / count,
      columns: [byRight[0].adding(byWrong[0]), byRight[1], byWrong[1]])
  }
}
