package import ModelFiles
package import Tensors

/// Pairs of label 1 should be near, those of label 0 a margin apart (Hadsell et al., 2006).
package struct ContrastiveLoss: Loss {
  package static let name = "ContrastiveLoss"
  private let metric: SiameseMetric
  private let margin: Double
  private let isMean: Bool

  package init(_ options: JSON, _ context: LossContext) throws {
    metric = try options.name("distance_metric", default: .cosine)
    margin = try options.number("margin", default: 0.5)
    isMean = try options.bool("size_average", default: true)
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .binary) }

  package var parameters: [(name: String, value: JSONValue)] {
    metric.parameters(margin) + [("size_average", .bool(isMean))]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let distances = PairDistances(columns[0], columns[1], metric.distance)
    let share = isMean ? 1 / Double(distances.values.count) : 1
    var value = 0.0
    // y = ½ (l d² + (1 − l) max(0, m − d)²), so dd = l d − (1 − l) max(0, m − d)
    let slopes = zip(distances.values, labels.scores).map { distance, label in
      let label = Double(label)
      let short = margin - distance > 0 ? margin - distance : 0
      value += share * (label * distance * distance + (1 - label) * short * short) / 2
      return share * (label * distance - (1 - label) * short)
    }
    return LossValue(value: value, columns: distances.derivatives(slopes))
  }
}

/// The distances of losses over two texts, by the names of `SiameseDistanceMetric`.
enum SiameseMetric: String, CaseIterable, Sendable {
  case euclidean = "EUCLIDEAN"
  case manhattan = "MANHATTAN"
  case cosine = "COSINE_DISTANCE"

  var distance: PairDistances.Metric {
    switch self {
    case .cosine: .cosine(shortest: 1e-8)
    // `torch.nn.functional.pairwise_distance` adds its `eps` to each difference.
    case .euclidean: .euclidean(shift: 1e-6)
    case .manhattan: .manhattan(shift: 1e-6)
    }
  }

  func parameters(_ margin: Double) -> [(name: String, value: JSONValue)] {
    [
      ("distance_metric", .string("SiameseDistanceMetric.\(rawValue)")),
      ("margin", .double(margin)),
    ]
  }
}
