package import ModelFiles
import Tensors

/// The squared difference of a pair's logit from a teacher's, the mean over the pairs.
package struct PairMSELoss: LogitLoss {
  package static let name = "MSELoss"
  let activation: LogitActivation

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
  }

  /// As a teacher gave them: logits may be any numbers.
  package var needs: LossNeeds {
    LossNeeds(columns: 2...2, labels: .teacherScores(less: 1...1))
  }

  package var parameters: [(name: String, value: JSONValue)] { [activation.parameter] }

  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]]) {
    let share = 1 / Double(max(1, logits.count))
    var value = 0.0
    let slopes = zip(logits, labels.teacherScores.elements).map { row, score in
      row.map { x in
        let wrong = x - Double(score)
        value += share * wrong * wrong
        return 2 * share * wrong
      }
    }
    return (value, slopes)
  }
}
