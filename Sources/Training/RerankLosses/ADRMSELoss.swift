import Glibc
package import ModelFiles

/// The squared error of each document's rank, smoothed, discounted by the right rank: Approximate
/// Discounted Rank MSE (Schlatt et al., 2024, “Rank-DistiLLM”).
package struct ADRMSELoss: ListLoss {
  package static let name = "ADRMSELoss"
  let list: ListOptions
  /// How sharp the smoothed ranks are.
  private let alpha: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
    alpha = try options.number("alpha", default: 1)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("alpha", .double(alpha))] + list.parameters
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    let share = 1 / Double(max(1, scores.reduce(0) { $0 + $1.count }))
    var value = 0.0
    let slopes = zip(scores, labels).map { scores, labels in
      var slopes = scores.map { _ in 0.0 }
      for (i, score) in scores.enumerated() {
        let others = scores.map { LogitActivation.logistic(alpha * ($0 - score)) }
        // Without itself, whose share is ½.
        let found = 0.5 + others.reduce(0, +)
        let wrong = Self.rank(labels[i], labels) - found
        let discount = share / log2(Self.rank(labels[i], labels) + 1)
        value += discount * wrong * wrong
        // l = (r − ρ)²/log₂(1 + r), ρᵢ = ½ + Σ σ(α (xⱼ − xᵢ)), so dxⱼ = −2 (r − ρ) α σ (1 − σ)
        for (j, part) in others.enumerated() {
          let slope = -2 * discount * wrong * alpha * part * (1 - part)
          slopes[j] += slope
          slopes[i] -= slope
        }
      }
      return slopes
    }
    return (value, slopes)
  }

  /// The rank by the labels, the mean of those that equal ones share.
  private static func rank(_ label: Double, _ labels: [Double]) -> Double {
    Double(labels.count { $0 > label }) + (Double(labels.count { $0 == label }) + 1) / 2
  }
}
