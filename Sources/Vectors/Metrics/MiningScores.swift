/// How many of the mined pairs are known to belong together, as
/// `ParaphraseMiningEvaluator` of sentence-transformers 6.2.0 measures it.
package struct MiningScores: Sendable {
  package let averagePrecision, f1, precision, recall: Double
  package let threshold: Double

  /// Names and values, in the reference's order.
  package var named: [(name: String, value: Double)] {
    [
      ("average_precision", averagePrecision), ("f1", f1), ("precision", precision),
      ("recall", recall), ("threshold", threshold),
    ]
  }

  /// - Parameters:
  ///   - scores: the pairs' scores, falling
  ///   - areKnown: whether each pair is known to belong together
  ///   - known: the number of pairs that are known
  package init(_ scores: [Float], areKnown: [Bool], known: Int) {
    var (correct, before) = (0, 0)
    var (sum, best) = (0.0, (f1: 0.0, precision: 0.0, recall: 0.0, threshold: 0.0))
    for index in scores.indices {
      correct += areKnown[index] ? 1 : 0
      let next = scores[min(index + 1, scores.count - 1)]
      if index + 1 < scores.count, next == scores[index] { continue }
      if correct > before {
        let precision = Double(correct) / Double(index + 1)
        let recall = known > 0 ? Double(correct) / Double(known) : 0
        let f1 = 2 * precision * recall / (precision + recall)
        sum += precision * Double(correct - before)
        if f1 > best.f1 {
          best = (f1, precision, recall, (Double(scores[index]) + Double(next)) / 2)
        }
      }
      before = correct
    }
    averagePrecision = known > 0 ? sum / Double(known) : 0
    (f1, precision, recall, threshold) = best
  }
}
