import ModelFiles
import Tensors

/// A loss of the activated logits of each row's pairs.
protocol LogitLoss: PairLoss {
  var activation: LogitActivation { get }
  /// The loss, and its derivatives by the numbers of each row.
  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]])
}

extension LogitLoss {
  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let logits = PairLogits(columns, activation)
    let (value, slopes) = loss(logits.rows, labels)
    return logits.loss(value, slopes)
  }
}

/// The activated logits of a batch's pairs, row by row, and the way back to the logits.
struct PairLogits {
  /// For each row the numbers of its pairs, label after label.
  let rows: [[Double]]
  private let columns: [Tensor]
  private let slopes: [[Double]]

  /// - Parameter columns: of each row, `[pairs, labels]`
  init(_ columns: [Tensor], _ activation: LogitActivation) {
    self.columns = columns
    let logits = columns.map { $0.elements.map { Double($0) } }
    let rows = logits.map { $0.map { activation($0) } }
    slopes = zip(logits, rows).map { zip($0, $1).map { activation.slope($0, $1) } }
    self.rows = rows
  }

  /// A loss, given its derivatives by `rows`.
  func loss(_ value: Double, _ derivatives: [[Double]]) -> LossValue {
    LossValue(
      value: value,
      columns: columns.indices.map { row in
        Tensor(
          columns[row].shape, zip(derivatives[row], slopes[row]).map { Float($0 * $1) })
      })
  }
}

extension LossContext {
  /// Throws where a model gives pairs several numbers and a loss takes one.
  func expectOneLabel(for loss: String, _ options: JSON) throws {
    guard width != 1 else { return }
    throw FileError(
      "\(options.name): \(loss) takes a model with one label, and this one has \(width); name "
        + "CrossEntropyLoss, or start from another model")
  }
}
