package import ModelFiles
package import Tensors

/// How much better a positive fits than a negative should be as a teacher says (Hofstätter et al.,
/// 2020): (x₊ − x₋ − margin)² of the pairs' logits, the mean over all negatives of all rows.
package struct PairMarginMSELoss: PairLoss {
  package static let name = "MarginMSELoss"
  private let activation: LogitActivation

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
  }

  /// A margin for each negative, or a score for the positive and each negative.
  package var needs: LossNeeds {
    LossNeeds(columns: 3...Ranking.mostColumns, labels: .teacherScores(less: 1...2))
  }

  package var parameters: [(name: String, value: JSONValue)] { [activation.parameter] }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let logits = PairLogits(columns, activation)
    let negatives = (logits.rows.first?.count ?? 2) - 1
    let margins = MarginMSELoss.margins(labels.teacherScores, negatives: negatives)
    let share = 1 / Double(max(1, columns.count * negatives))
    var value = 0.0
    let slopes = logits.rows.enumerated().map { row, numbers in
      // l = Σ (x₊ − x₋ − m)²/(B n), so dx₊ = 2 (x₊ − x₋ − m)/(B n) and dx₋ = −dx₊
      let wrong = (0..<negatives).map { place in
        numbers[0] - numbers[place + 1] - margins[row * negatives + place]
      }
      value += wrong.reduce(0) { $0 + share * $1 * $1 }
      return [2 * share * wrong.reduce(0, +)] + wrong.map { -2 * share * $0 }
    }
    return logits.loss(value, slopes)
  }
}
