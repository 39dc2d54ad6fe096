package import ModelFiles

/// Pairs of a query's documents, weighted by what the right order would gain (Wang et al., 2018).
package struct LambdaLoss: ListLoss {
  package static let name = "LambdaLoss"
  package static let shortNames = ["lambda", "lambdarank"]
  let activation: LogitActivation
  private let pass: LambdaPass
  private let parts: (name: String, value: JSONValue)

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
    pass = try LambdaPass(options)
    parts = try options.miniBatchSize()
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [pass.weightingParameter] + pass.parameters + [activation.parameter, parts]
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    pass(scores, labels: labels)
  }
}
