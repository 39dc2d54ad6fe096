package import ModelFiles

/// How likely the right order of a query's documents is (Xia et al., 2008).
package struct ListMLELoss: ListLoss {
  package static let name = "ListMLELoss"
  let list: ListOptions
  private let order: PlackettLuce

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
    order = try PlackettLuce(options)
  }

  package var parameters: [(name: String, value: JSONValue)] { list.parameters + [order.parameter] }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    order(scores, labels: labels) { [Double](repeating: 1, count: $0) }
  }
}
