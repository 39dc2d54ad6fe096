/// How often a classifier is right, as `CrossEncoderClassificationEvaluator` of sentence-transformers
/// 6.2.0 measures it for several labels, by scikit-learn's `f1_score`.
package struct ClassScores: Sendable {
  package let accuracy: Double
  /// The mean of the classes' F1, each class the same.
  package let macro: Double
  /// F1 of all rows together, which is the accuracy.
  package let micro: Double
  /// The mean of the classes' F1, each class as often as it is right.
  package let weighted: Double

  /// Names and values.
  package var named: [(name: String, value: Double)] {
    [
      ("accuracy", accuracy), ("f1_macro", macro), ("f1_micro", micro), ("f1_weighted", weighted),
    ]
  }

  /// - Parameters:
  ///   - found: the class that was found for each row
  ///   - labels: the one that is right
  ///   - count: how many classes there are; those that nobody named do not count
  package init(_ found: [Int], labels: [Int], of count: Int) {
    precondition(found.count == labels.count && !found.isEmpty)
    var (hits, claims, cases) = (
      [Int](repeating: 0, count: count), [Int](repeating: 0, count: count),
      [Int](repeating: 0, count: count)
    )
    for (found, label) in zip(found, labels) {
      claims[found] += 1
      cases[label] += 1
      hits[label] += found == label ? 1 : 0
    }
    let named = (0..<count).filter { claims[$0] + cases[$0] > 0 }
    // 2 · precision · recall / (precision + recall)
    let f1 = named.map { 2 * Double(hits[$0]) / Double(claims[$0] + cases[$0]) }
    accuracy = Double(hits.reduce(0, +)) / Double(labels.count)
    micro = accuracy
    macro = f1.reduce(0, +) / Double(named.count)
    weighted =
      zip(named, f1).reduce(0.0) { $0 + $1.1 * Double(cases[$1.0]) } / Double(labels.count)
  }
}
