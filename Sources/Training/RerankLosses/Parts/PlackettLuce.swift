import Glibc
import ModelFiles

/// How likely the right order of documents is where each is picked by its score among those that are
/// left: −Σ wᵢ log(exp xᵢ / Σ_{j ≥ i} exp xⱼ) over the right order, the mean over the queries (Xia et
/// al., 2008, “Listwise Approach to Learning to Rank”).
struct PlackettLuce: Sendable {
  /// Whether documents come in the right order, and labels do not say it.
  let respectsOrder: Bool

  init(_ options: JSON) throws {
    respectsOrder = try options.bool("respect_input_order", default: true)
  }

  var parameter: (name: String, value: JSONValue) { ("respect_input_order", .bool(respectsOrder)) }

  /// - Parameter weights: what each place of a list of so many counts
  func callAsFunction(
    _ scores: [[Double]], labels: [[Double]], weights: (Int) -> [Double]
  ) -> (Double, [[Double]]) {
    let share = 1 / Double(max(1, scores.count))
    var value = 0.0
    let slopes = zip(scores, labels).map { scores, labels in
      let order = respectsOrder ? Array(scores.indices) : labels.fallingOrder
      let weights = weights(scores.count)
      var slopes = scores.map { _ in 0.0 }
      // l = −Σ wᵢ (xᵢ − log Σ_{j ≥ i} exp xⱼ), so dxₖ = Σ_{i ≤ k} wᵢ softmax_{j ≥ i}(x)ₖ − wₖ
      for first in order.indices {
        let left = Shares(order[first...].map { scores[$0] })
        value -= share * weights[first] * (left.logarithms.first ?? 0)
        slopes[order[first]] -= share * weights[first]
        for (place, part) in left.shares.enumerated() {
          slopes[order[first + place]] += share * weights[first] * part
        }
      }
      return slopes
    }
    return (value, slopes)
  }
}
