import Glibc
package import ModelFiles

/// The same, where the first places count more: 2^(n − rank) − 1 of n documents (Lan et al., 2014,
/// “Position-Aware ListMLE”).
package struct PListMLELoss: ListLoss {
  package static let name = "PListMLELoss"
  let list: ListOptions
  private let order: PlackettLuce
  private let isWeighted: Bool

  private static let weighting = "PListMLELambdaWeight"
  // The reference adds it to the sum that weights are divided by.
  private static let epsilon = 1e-10

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
    // Without a weight it is ListMLELoss, as in the reference.
    isWeighted = !(options["lambda_weight"]?.isNull ?? false)
    if isWeighted { try options.expect("lambda_weight", Self.weighting) }
    order = try PlackettLuce(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    let weighting = "sentence_transformers.cross_encoder.losses.plist_mle.\(Self.weighting)"
    return [("lambda_weight", isWeighted ? .string(weighting) : .null)] + list.parameters
      + [order.parameter]
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    order(scores, labels: labels) { count in
      guard isWeighted else { return [Double](repeating: 1, count: count) }
      // Of long lists all are smaller by the same factor, so that float32 can hold them.
      let scale = Double(max(0, count - 127))
      let weights = (1...max(1, count)).map { rank in
        exp2(Double(count - rank) - scale) - exp2(-scale)
      }
      let sum = weights.reduce(0, +) + Self.epsilon
      return weights.map { $0 / sum }
    }
  }
}
