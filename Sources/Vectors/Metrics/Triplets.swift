/// How often a text is more alike to the one it belongs with than to the other.
package enum Triplets {
  /// The share of rows whose positive score is above the negative one (`TripletEvaluator` of
  /// sentence-transformers 6.2.0, with no margin).
  package static func accuracy(positive: [Float], negative: [Float]) -> Double {
    precondition(positive.count == negative.count && !positive.isEmpty)
    return Double(zip(positive, negative).count { $0.0 > $0.1 }) / Double(positive.count)
  }
}
