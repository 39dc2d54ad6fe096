package import Tensors

/// TripletLoss of each two texts of a class with the nearest of another class that is farther than
/// they are apart; where none is, with the farthest (Schroff et al., 2015).
package struct BatchSemiHardTripletLoss: MarginTripletLoss {
  package static let name = "BatchSemiHardTripletLoss"
  package static let shortNames = ["batchsemihard"]
  let metric: AnchorPass.Metric
  let margin: Double

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let classes = labels.classes
    var pairs = 0
    // y = Σ max(0, dₚ − dₙ + margin)/pairs
    let (sum, slopes) = AnchorPass.sum(of: columns[0], metric) { anchor, distances, slopes in
      let anchor = ClassDistances(anchor, distances, classes)
      pairs += anchor.positives.count
      return anchor.hasNaN ? .nan : take(anchor, &slopes)
    }
    let share = 1 / Double(max(1, pairs))
    return LossValue(value: sum * share, columns: [slopes.scaled(by: Float(share))])
  }

  /// The pairs of an anchor.
  private func take(_ anchor: ClassDistances, _ slopes: inout [Double]) -> Double {
    let distances = anchor.distances
    let negatives = anchor.nearestNegatives
    var sum = 0.0
    for positive in anchor.positives {
      let place = negatives.partitioningIndex { distances[$0] > distances[positive] }
      let negative = negatives.indices.contains(place) ? negatives[place] : negatives.last
      // Without other classes, the anchor itself is what is far.
      let short = distances[positive] - (negative.map { distances[$0] } ?? 0) + margin
      guard short > 0 else { continue }
      sum += short
      slopes[positive] += 1
      if let negative { slopes[negative] -= 1 }
    }
    return sum
  }
}
