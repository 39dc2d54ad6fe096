package import Tensors

/// TripletLoss of all triplets that a batch of texts with classes has, and of those with a loss the
/// mean (Hermans et al., 2017).
package struct BatchAllTripletLoss: MarginTripletLoss {
  package static let name = "BatchAllTripletLoss"
  package static let shortNames = ["batchall"]

  /// Less than this is no loss, and not counted.
  private static let least = 1e-16

  let metric: AnchorPass.Metric
  let margin: Double

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let classes = labels.classes
    /// How many have a loss.
    var triplets = 0
    let (sum, slopes) = AnchorPass.sum(of: columns[0], metric) { anchor, distances, slopes in
      let (value, count) = take(ClassDistances(anchor, distances, classes), &slopes)
      triplets += count
      return value
    }
    let share = 1 / (Double(triplets) + Self.least)
    return LossValue(value: sum * share, columns: [slopes.scaled(by: Float(share))])
  }

  /// The triplets of an anchor. Those negatives that are too near for a positive are the first of
  /// all in the order of their distances.
  /// - Returns: the sum of their losses, and how many have one
  private func take(
    _ anchor: ClassDistances, _ slopes: inout [Double]
  ) -> (sum: Double, count: Int) {
    guard !anchor.positives.isEmpty else { return (0, 0) }
    let distances = anchor.distances
    let negatives = anchor.nearestNegatives
    var sums = [0.0]
    for negative in negatives { sums.append(sums[sums.count - 1] + distances[negative]) }
    // How many triplets end with each run of the nearest negatives.
    var ends = [Int](repeating: 0, count: negatives.count + 1)
    var (sum, triplets) = (0.0, 0)
    for positive in anchor.positives {
      let reach = distances[positive] + margin
      let count = negatives.partitioningIndex { !(reach - distances[$0] > Self.least) }
      sum += Double(count) * reach - sums[count]
      triplets += count
      ends[count] += 1
      slopes[positive] += Double(count)
    }
    var reached = 0
    for place in negatives.indices.reversed() {
      reached += ends[place + 1]
      slopes[negatives[place]] -= Double(reached)
    }
    return (sum, triplets)
  }
}
