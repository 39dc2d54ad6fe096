import Glibc
import ModelFiles

/// log σ of differences of the scores of two documents, of which the one should be above the other,
/// weighted by what that would gain (Wang et al., 2018, “The LambdaLoss Framework”).
struct LambdaPass: Sendable {
  /// By the names of sentence-transformers' classes.
  enum Weighting: String, CaseIterable, Sendable {
    case none = "NoWeightingScheme"
    case ndcg1 = "NDCGLoss1Scheme"
    case ndcg2 = "NDCGLoss2Scheme"
    case lambdaRank = "LambdaRankScheme"
    case ndcg2PlusPlus = "NDCGLoss2PPScheme"
  }

  enum Logarithm: String, CaseIterable, Sendable { case natural, binary }

  let weighting: Weighting
  /// How much NDCG-Loss2 counts in NDCG-Loss2++.
  let mu: Double
  /// How many of the first documents count; `nil` for all.
  let depth: Int?
  let sigma, epsilon: Double
  let logarithm: Logarithm

  /// - Parameter weighting: `nil` for the one that is named
  init(_ options: JSON, weighting fixed: Weighting? = nil) throws {
    var (weighting, mu) = (fixed ?? .ndcg2PlusPlus, 10.0)
    if fixed == nil, let value = try options.present("weighting_scheme") {
      if value.kind == .object {
        weighting = try value.name("name", default: weighting)
        mu = try value.number("mu", default: mu)
      } else {
        weighting = try value.name()
      }
    }
    (self.weighting, self.mu) = (weighting, mu)
    depth = try options.present("k")?.int()
    if let depth, depth < 0 { throw try options.value("k").mismatch("0 or more") }
    sigma = try options.number("sigma", default: 1)
    epsilon = try options.number("eps", default: 1e-10, above: 0)
    logarithm = try options.name("reduction_log", default: .binary)
  }

  var weightingParameter: (name: String, value: JSONValue) {
    let path = "sentence_transformers.cross_encoder.losses.lambda_loss.\(weighting.rawValue)"
    guard weighting == .ndcg2PlusPlus, mu != 10 else { return ("weighting_scheme", .string(path)) }
    return ("weighting_scheme", ["name": .string(path), "mu": .double(mu)])
  }

  var parameters: [(name: String, value: JSONValue)] {
    [
      ("k", .optional(depth) { .int($0) }), ("sigma", .double(sigma)), ("eps", .double(epsilon)),
      ("reduction_log", .string(logarithm.rawValue)),
    ]
  }

  func callAsFunction(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    let most = scores.map(\.count).max() ?? 0
    let depth = depth.map { $0 == 0 ? most : $0 } ?? most
    let pairs = zip(scores, labels).map { Self.Ranked($0, $1, self, depth: depth) }
    let count = pairs.reduce(0) { $0 + $1.count }
    let factor = 1 / Double(max(1, count)) / (logarithm == .binary ? log(2.0) : 1)
    return (
      pairs.reduce(0) { $0 + $1.value } * factor, pairs.map { $0.slopes.map { $0 * factor } }
    )
  }

  /// The pairs of one query's documents.
  private struct Ranked {
    var value = 0.0
    var slopes: [Double]
    /// How many pairs count.
    var count = 0

    // Differences beyond this are cut, in the reference as well.
    private static let farthest = 1e8

    init(_ scores: [Double], _ labels: [Double], _ loss: LambdaPass, depth: Int) {
      slopes = scores.map { _ in 0 }
      let order = scores.fallingOrder
      let discounts = order.indices.map { log2(Double($0 + 2)) }
      let ideal = zip(labels.sorted(by: >), discounts).prefix(depth)
        .reduce(0) { $0 + Self.gain($1.0) / $1.1 }
      let gains = order.map { Self.gain(labels[$0]) / max(ideal, loss.epsilon) }
      for first in order.indices {
        for second in order.indices where first < depth || second < depth {
          let (i, j) = (order[first], order[second])
          guard loss.weighting == .ndcg1 || labels[i] > labels[j] else { continue }
          count += 1
          let weight = loss.weight(first, second, gains, discounts)
          let gap = scores[i] - scores[j]
          let x = loss.sigma * min(max(gap, -Self.farthest), Self.farthest)
          // l = −w log σ(s), s = σ₀ (xᵢ − xⱼ), so dxᵢ = −w σ₀ (1 − σ(s)) and dxⱼ = −dxᵢ
          value += weight * (log1p(exp(-x.magnitude)) + max(-x, 0))
          guard gap.magnitude <= Self.farthest else {
            if gap.isNaN { value = .nan }
            continue
          }
          let slope = weight * loss.sigma * LogitActivation.logistic(-x)
          slopes[i] -= slope
          slopes[j] += slope
        }
      }
    }

    private static func gain(_ label: Double) -> Double { exp2(max(label, 0)) - 1 }
  }

  /// What it would gain to exchange the documents at two places.
  private func weight(
    _ first: Int, _ second: Int, _ gains: [Double], _ discounts: [Double]
  ) -> Double {
    let gain = (gains[first] - gains[second]).magnitude
    let exchanged = (1 / discounts[first] - 1 / discounts[second]).magnitude
    // By how far apart the places are, whichever they are.
    let distance = (first - second).magnitude
    let apart =
      distance == 0
      ? 0 : (1 / log2(Double(distance) + 1) - 1 / log2(Double(distance) + 2)).magnitude
    return switch weighting {
    case .none: 1
    case .ndcg1: gains[first] / discounts[first]
    case .ndcg2: apart * gain
    case .lambdaRank: exchanged * gain
    case .ndcg2PlusPlus: (mu * apart + exchanged) * gain
    }
  }
}
