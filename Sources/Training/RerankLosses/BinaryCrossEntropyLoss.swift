import Glibc
package import ModelFiles

/// −y log σ(x) − (1 − y) log(1 − σ(x)) of a pair's logit x, the mean over the pairs; y is 0, 1 or a
/// score between.
package struct BinaryCrossEntropyLoss: LogitLoss {
  package static let name = "BinaryCrossEntropyLoss"
  package static let shortNames = ["bce"]
  let activation: LogitActivation
  /// What pairs that belong together count, beside others.
  private let positiveWeight: Double?

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
    positiveWeight =
      try options.present("pos_weight") == nil
      ? nil : options.number("pos_weight", default: 1, above: 0)
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .score) }

  package var parameters: [(name: String, value: JSONValue)] {
    [activation.parameter, ("pos_weight", .optional(positiveWeight) { .double($0) })]
  }

  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]]) {
    let scores = labels.scores.map { Double($0) }
    let share = 1 / Double(max(1, scores.count))
    var value = 0.0
    let slopes = zip(logits, scores).map { row, y in
      row.map { x in
        // l = (1 − y) x + (1 + (w − 1) y) log(1 + e⁻ˣ), so dx = 1 − y − (1 + (w − 1) y)(1 − σ(x))
        let weight = 1 + ((positiveWeight ?? 1) - 1) * y
        let softplus = log1p(exp(-x.magnitude)) + max(-x, 0)
        value += share * ((1 - y) * x + weight * softplus)
        return share * (1 - y - weight * LogitActivation.logistic(-x))
      }
    }
    return (value, slopes)
  }
}
