package import ModelFiles

/// Pairs of a query's documents, weighted by what the right order would gain (Wang et al., 2018).
package struct LambdaLoss: ListLoss {
  package static let name = "LambdaLoss"
  package static let shortNames = ["lambda", "lambdarank"]
  let list: ListOptions
  private let pass: LambdaPass

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
    pass = try LambdaPass(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [pass.weightingParameter] + pass.parameters + list.parameters
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    pass(scores, labels: labels)
  }
}
