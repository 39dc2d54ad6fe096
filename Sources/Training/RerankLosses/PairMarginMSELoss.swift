package import ModelFiles

/// How much better a positive fits than a negative should be as a teacher says (Hofstätter et al.,
/// 2020): (x₊ − x₋ − margin)² of the pairs' logits, the mean over all negatives of all rows.
package struct PairMarginMSELoss: LogitLoss {
  package static let name = "MarginMSELoss"
  let activation: LogitActivation

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
  }

  /// A margin for each negative, or a score for the positive and each negative.
  package var needs: LossNeeds {
    LossNeeds(columns: 3...Ranking.mostColumns, labels: .teacherScores(less: 1...2))
  }

  package var parameters: [(name: String, value: JSONValue)] { [activation.parameter] }

  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]]) {
    let negatives = (logits.first?.count ?? 2) - 1
    let margins = MarginMSELoss.margins(labels.teacherScores, negatives: negatives)
    let share = 1 / Double(max(1, logits.count * negatives))
    var value = 0.0
    let slopes = logits.enumerated().map { row, numbers in
      // l = Σ (x₊ − x₋ − m)²/(B n), so dx₊ = 2 (x₊ − x₋ − m)/(B n) and dx₋ = −dx₊
      let wrong = (0..<negatives).map { place in
        numbers[0] - numbers[place + 1] - margins[row * negatives + place]
      }
      value += wrong.reduce(0) { $0 + share * $1 * $1 }
      return [2 * share * wrong.reduce(0, +)] + wrong.map { -2 * share * $0 }
    }
    return (value, slopes)
  }
}
