package import ModelFiles

/// The cross entropy of the shares that scores give a query's documents, against those that labels
/// give them (Cao et al., 2007): the mean over the queries.
package struct ListNetLoss: ListLoss {
  package static let name = "ListNetLoss"
  let list: ListOptions

  package init(_ options: JSON, _ context: LossContext) throws {
    list = try ListOptions(options, context, of: Self.name)
  }

  package var parameters: [(name: String, value: JSONValue)] { list.parameters }

  func loss(_ scores: [[Double]], labels: [[Double]]) -> (Double, [[Double]]) {
    let share = 1 / Double(max(1, scores.count))
    var value = 0.0
    let slopes = zip(scores, labels).map { scores, labels in
      // l = −Σ p log q with q = softmax(x), p = softmax(labels), so dx = q − p
      let (found, wanted) = (Shares(scores), Shares(labels))
      for place in scores.indices {
        value -= share * wanted.shares[place] * found.logarithms[place]
      }
      return zip(found.shares, wanted.shares).map { share * ($0 - $1) }
    }
    return (value, slopes)
  }
}
