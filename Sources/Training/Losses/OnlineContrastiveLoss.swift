package import ModelFiles
package import Tensors

/// ContrastiveLoss of the hard pairs of a batch alone: those of label 1 that are farther apart than
/// the nearest of label 0, and those of label 0 that are nearer than the farthest of label 1.
package struct OnlineContrastiveLoss: Loss {
  package static let name = "OnlineContrastiveLoss"
  private let metric: SiameseMetric
  private let margin: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    metric = try options.name("distance_metric", default: .cosine)
    margin = try options.number("margin", default: 0.5)
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .binary, comparesRows: true) }

  package var parameters: [(name: String, value: JSONValue)] { metric.parameters(margin) }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let distances = PairDistances(columns[0], columns[1], metric.distance)
    let pairs = Array(zip(distances.values, labels.scores))
    let near = pairs.filter { $0.1 == 1 }.map(\.0)
    let far = pairs.filter { $0.1 == 0 }.map(\.0)
    // Without pairs of the other label, those count that are harder than the mean.
    let nearest = far.min() ?? near.reduce(0, +) / Double(near.count)
    let farthest = near.max() ?? far.reduce(0, +) / Double(far.count)
    // No comparison finds what is no number.
    var value = distances.values.contains(where: \.isNaN) ? Double.nan : 0
    // y = Σ d² + Σ max(0, m − d)²; which pairs count is constant.
    let slopes = pairs.map { distance, label in
      if label == 1, distance > nearest {
        value += distance * distance
        return 2 * distance
      }
      let short = margin - distance
      guard label == 0, distance < farthest, short > 0 else { return 0 }
      value += short * short
      return -2 * short
    }
    return LossValue(value: value, columns: distances.derivatives(slopes))
  }
}
