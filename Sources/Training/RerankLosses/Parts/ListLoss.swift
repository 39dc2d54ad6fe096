import ModelFiles
import Tensors

/// A loss of whole lists: each query has several documents, and a label for each.
protocol ListLoss: PairLoss {
  var activation: LogitActivation { get }
  /// The loss of lists, and its derivatives by their scores.
  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]])
}

extension ListLoss {
  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .lists) }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let logits = PairLogits(columns, activation)
    let (value, slopes) = loss(
      logits.rows, labels: labels.lists.map { $0.map { Double($0) } })
    return logits.loss(value, slopes)
  }
}

extension [Double] {
  /// Their places, the largest first; equal ones in their order.
  var fallingOrder: [Int] { indices.sorted { (self[$0], $1) > (self[$1], $0) } }
}
