import ModelFiles
import Tensors

/// A loss of whole lists: each query has several documents, and a label for each.
protocol ListLoss: LogitLoss {
  var list: ListOptions { get }
  /// The loss of lists, and its derivatives by their scores.
  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]])
}

extension ListLoss {
  var activation: LogitActivation { list.activation }
  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .lists) }

  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]]) {
    loss(logits, labels: labels.lists.map { $0.map { Double($0) } })
  }
}

/// What all losses of lists may be told.
struct ListOptions: Sendable {
  let activation: LogitActivation
  /// How many pairs go through the reference's model together, which changes nothing here.
  private let miniBatchSize: Int?

  init(_ options: JSON, _ context: LossContext, of loss: String) throws {
    try context.expectOneLabel(for: loss, options)
    activation = try options.activation()
    miniBatchSize = try options.present("mini_batch_size")?.int()
  }

  var parameters: [(name: String, value: JSONValue)] {
    [activation.parameter, ("mini_batch_size", .optional(miniBatchSize) { .int($0) })]
  }
}

extension [Double] {
  /// Their places, the largest first; equal ones in their order.
  var fallingOrder: [Int] { indices.sorted { (self[$0], $1) > (self[$1], $0) } }
}
