package import ModelFiles

/// −log of the softmax of a pair's logits at its class, the mean over the pairs.
package struct CrossEntropyLoss: LogitLoss {
  package static let name = "CrossEntropyLoss"
  package static let shortNames = ["ce"]
  let activation: LogitActivation

  package static func labels(classes: Int) -> Int { max(2, classes) }

  package init(_ options: JSON, _ context: LossContext) throws {
    activation = try options.activation()
    guard context.width > 1 else {
      throw FileError(
        "\(options.name): \(Self.name) takes a model with a label for each class, and this one has one; "
          + "name BinaryCrossEntropyLoss for labels of 0 and 1, or start from another model")
    }
    guard context.classes <= context.width else {
      throw FileError(
        "\(options.name): the data have \(context.classes) classes, and the model \(context.width) labels; "
          + "\(Self.name) needs one for each class: start from another model")
    }
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .classes) }
  package var parameters: [(name: String, value: JSONValue)] { [activation.parameter] }

  func loss(_ logits: [[Double]], _ labels: BatchLabels) -> (Double, [[Double]]) {
    let classes = labels.classes.map(Int.init)
    let share = 1 / Double(max(1, classes.count))
    var value = 0.0
    let slopes = zip(logits, classes).map { row, label in
      precondition(row.indices.contains(label), "label \(label) of \(row.count)")
      // l = −log q at the label with q = softmax(x), so dx = q − 1 there, and q elsewhere
      let found = Shares(row)
      value -= share * found.logarithms[label]
      return found.shares.enumerated().map { share * ($1 - ($0 == label ? 1 : 0)) }
    }
    return (value, slopes)
  }
}
