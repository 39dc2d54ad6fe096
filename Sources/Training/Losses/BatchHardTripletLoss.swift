package import Tensors

/// TripletLoss of each text of a batch with the farthest of its class and the nearest of another
/// (Hermans et al., 2017).
package struct BatchHardTripletLoss: MarginTripletLoss {
  package static let name = "BatchHardTripletLoss"
  package static let shortNames = ["batchhard"]
  let metric: AnchorPass.Metric
  let margin: Double

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let classes = labels.classes
    // y = Σ max(0, dₚ − dₙ + margin)/B
    let (sum, slopes) = AnchorPass.sum(of: columns[0], metric) { anchor, distances, slopes in
      ClassDistances(anchor, distances, classes).hardest(&slopes) { difference in
        let short = difference + margin
        return short < 0 ? (0, 0) : (short, 1)
      }
    }
    let share = 1 / Double(classes.count)
    return LossValue(value: sum * share, columns: [slopes.scaled(by: Float(share))])
  }
}
