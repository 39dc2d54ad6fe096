/// How well scores separate pairs that belong together from those that do not, as
/// `BinaryClassificationEvaluator` of sentence-transformers 6.2.0 measures it.
package struct BinaryClassification: Sendable {
  package let accuracy: Double
  package let accuracyThreshold: Float
  package let f1: Double
  package let f1Threshold: Float
  /// Of the threshold that is best for F1.
  package let precision: Double
  package let recall: Double
  package let averagePrecision: Double
  /// Matthews' correlation, at the threshold that is best for F1.
  package let mcc: Double

  /// Names and values, in the reference's order.
  package var named: [(name: String, value: Double)] {
    [
      ("accuracy", accuracy), ("accuracy_threshold", Double(accuracyThreshold)), ("f1", f1),
      ("f1_threshold", Double(f1Threshold)), ("precision", precision), ("recall", recall),
      ("ap", averagePrecision), ("mcc", mcc),
    ]
  }

  /// - Parameters:
  ///   - scores: similarities, or distances
  ///   - areDistances: whether smaller scores are better; thresholds are then upper bounds
  package init(_ scores: [Float], labels: [Bool], areDistances: Bool = false) {
    precondition(scores.count == labels.count && !scores.isEmpty)
    let sign: Float = areDistances ? -1 : 1
    // From here on larger is better; negation rounds nothing, so thresholds are the same to the bit.
    let groups = ScoreGroup.list(scores.map { sign * $0 }, labels)
    let positives = labels.count { $0 }
    let best = Self.bestAccuracy(groups, positives: positives, of: labels.count)
    (accuracy, accuracyThreshold) = (best.value, sign * best.threshold)
    let f = Self.bestF1(groups, positives: positives)
    (f1, precision, recall) = (f.value, f.precision, f.recall)
    f1Threshold = sign * f.threshold
    averagePrecision = ScoreGroup.averagePrecision(groups)
    mcc = Self.matthews(groups, from: f.threshold, positives: positives, of: labels.count)
  }

  private static func bestAccuracy(
    _ groups: [ScoreGroup], positives: Int, of count: Int
  ) -> (value: Double, threshold: Float) {
    // At this threshold no pair passes.
    var best = (value: Double(count - positives) / Double(count), threshold: groups[0].score.nextUp)
    for group in groups {
      let right = group.positives + (count - positives) - group.negatives
      let value = Double(right) / Double(count)
      if value > best.value { best = (value, group.threshold) }
    }
    return best
  }

  private static func bestF1(
    _ groups: [ScoreGroup], positives: Int
  ) -> (value: Double, precision: Double, recall: Double, threshold: Float) {
    var best = (value: 0.0, precision: 0.0, recall: 0.0, threshold: Float(0))
    for group in groups where group.positives > 0 {
      let precision = Double(group.positives) / Double(group.positives + group.negatives)
      let recall = Double(group.positives) / Double(positives)
      let value = 2 * precision * recall / (precision + recall)
      if value > best.value { best = (value, precision, recall, group.threshold) }
    }
    return best
  }

  private static func matthews(
    _ groups: [ScoreGroup], from threshold: Float, positives: Int, of count: Int
  ) -> Double {
    let passing = groups.last { $0.score >= threshold }
    let (hits, falls) = (Double(passing?.positives ?? 0), Double(passing?.negatives ?? 0))
    let (misses, passed) = (Double(positives) - hits, Double(count - positives) - falls)
    let product = (hits + falls) * (hits + misses) * (passed + falls) * (passed + misses)
    return product > 0 ? (hits * passed - falls * misses) / product.squareRoot() : 0
  }
}

/// The pairs of one score, and how many positive and negative pairs there are from the best score to
/// this one.
struct ScoreGroup {
  let score: Float
  /// The middle between this score and the next; this score, where rounding gives the next itself.
  var threshold: Float
  var positives: Int
  var negatives: Int

  /// Σ (recall gained by a group) · (precision up to it), as scikit-learn has it.
  static func averagePrecision(_ groups: [ScoreGroup]) -> Double {
    guard let positives = groups.last?.positives, positives > 0 else { return 0 }
    var before = 0
    return groups.reduce(0.0) { sum, group in
      let gained = Double(group.positives - before) / Double(positives)
      before = group.positives
      return sum + gained * Double(group.positives) / Double(group.positives + group.negatives)
    }
  }

  /// The groups of all pairs, the best score first.
  static func list(_ scores: [Float], _ labels: [Bool]) -> [ScoreGroup] {
    var groups: [ScoreGroup] = []
    for index in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      let score = scores[index]
      if let last = groups.last, last.score != score {
        let middle = (last.score + score) / 2
        groups[groups.count - 1].threshold = middle == score ? last.score : middle
      }
      if groups.last?.score != score {
        let last = groups.last
        groups.append(
          ScoreGroup(
            score: score, threshold: score, positives: last?.positives ?? 0,
            negatives: last?.negatives ?? 0))
      }
      if labels[index] {
        groups[groups.count - 1].positives += 1
      } else {
        groups[groups.count - 1].negatives += 1
      }
    }
    return groups
  }
}
