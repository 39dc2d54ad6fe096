package import ModelFiles

/// Pairs of a query's documents that count alike (Burges et al., 2005).
package struct RankNetLoss: ListLoss {
  package static let name = "RankNetLoss"
  let list: ListOptions
  private let pass: LambdaPass

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
    pass = try LambdaPass(options, weighting: LambdaPass.Weighting.none)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    pass.parameters + list.parameters
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    pass(scores, labels: labels)
  }
}
