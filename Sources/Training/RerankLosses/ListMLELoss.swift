package import ModelFiles

/// How likely the right order of a query's documents is (Xia et al., 2008).
package struct ListMLELoss: ListLoss {
  package static let name = "ListMLELoss"
  let activation: LogitActivation
  private let order: PlackettLuce
  private let parts: (name: String, value: JSONValue)

  package init(_ options: JSON, _ context: LossContext) throws {
    try context.expectOneLabel(for: Self.name, options)
    activation = try options.activation()
    order = try PlackettLuce(options)
    parts = try options.miniBatchSize()
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [activation.parameter, parts, order.parameter]
  }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    order(scores, labels: labels) { [Double](repeating: 1, count: $0) }
  }
}
