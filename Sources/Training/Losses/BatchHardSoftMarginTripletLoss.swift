import Glibc
package import ModelFiles
package import Tensors

/// BatchHardTripletLoss with log(1 + exp(dₚ − dₙ)) in the place of a margin (Hermans et al., 2017).
package struct BatchHardSoftMarginTripletLoss: Loss {
  package static let name = "BatchHardSoftMarginTripletLoss"
  package static let shortNames = ["batchhardsoftmargin"]
  private let metric: AnchorPass.Metric

  package init(_ options: JSON, _ context: LossContext) throws {
    metric = try AnchorPass.Metric(options)
  }

  package var needs: LossNeeds { .ofClasses }
  package var parameters: [(name: String, value: JSONValue)] { [metric.parameter] }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let classes = labels.classes
    let (sum, slopes) = AnchorPass.sum(of: columns[0], metric) { anchor, distances, slopes in
      ClassDistances(anchor, distances, classes).hardest(&slopes) { difference in
        // y = log(1 + exp(x)), so dx = 1/(1 + exp(−x))
        (max(0, difference) + log1p(exp(-difference.magnitude)), 1 / (1 + exp(-difference)))
      }
    }
    let share = 1 / Double(classes.count)
    return LossValue(value: sum * share, columns: [slopes.scaled(by: Float(share))])
  }
}
