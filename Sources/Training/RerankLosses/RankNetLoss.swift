package import ModelFiles

/// Pairs of a query's documents that count alike (Burges et al., 2005).
package struct RankNetLoss: ListLoss {
  package static let name = "RankNetLoss"
  let activation: LogitActivation
  private let pass: LambdaPass
  private let parts: (name: String, value: JSONValue)

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
    pass = try LambdaPass(options, weighting: LambdaPass.Weighting.none)
    parts = try options.miniBatchSize()
  }

  package var parameters: [(name: String, value: JSONValue)] {
    pass.parameters + [activation.parameter, parts]
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    pass(scores, labels: labels)
  }
}
