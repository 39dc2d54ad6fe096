/// How often a text is more similar to its positive than to its negative.
package enum Triplets {
  /// The share of rows whose positive score is above the negative one (`TripletEvaluator` of
  /// sentence-transformers 6.2.0, with no margin).
  package static func accuracy(positive: [Float], negative: [Float]) -> Double {
    precondition(positive.count == negative.count && !positive.isEmpty)
    return Double(zip(positive, negative).count { $0.0 > $0.1 }) / Double(positive.count)
  }
}
