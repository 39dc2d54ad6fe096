import Training
import Vectors

/// A measure of how good a reranker is, by the names of sentence-transformers' CrossEncoder
/// evaluators.
struct PairEvaluation: Sendable {
  /// What scores of pairs are compared with.
  enum Kind: Sendable {
    /// Recorded scores.
    case scores([Double])
    /// Whether pairs belong together.
    case matches([Bool])
    /// The number of each pair's class, of so many.
    case classes([Int], of: Int)
    /// For each query documents, and which of them are relevant.
    case rankings([RerankingSample])
  }

  let kind: Kind
  let queries: [[UInt8]]
  /// The document of each query; those of rankings are in their samples.
  let documents: [[UInt8]]

  // As CrossEncoderRerankingEvaluator counts where nothing else is said.
  static let depth = 10

  /// The metric that says which of two models is better: the one with the larger value.
  var primary: String {
    switch kind {
    case .scores: "spearman"
    case .matches: "average_precision"
    case .classes: "f1_macro"
    case .rankings: "ndcg@\(Self.depth)"
    }
  }

  /// The names of all metrics, in sentence-transformers' order.
  var metrics: [String] {
    switch kind {
    case .scores: ["pearson", "spearman"]
    case .matches:
      [
        "accuracy", "accuracy_threshold", "f1", "f1_threshold", "precision", "recall",
        "average_precision",
      ]
    case .classes: ["f1_macro", "f1_micro", "f1_weighted"]
    case .rankings: ["map", "mrr@\(Self.depth)", "ndcg@\(Self.depth)"]
    }
  }

  /// As cards call it.
  var cardKind: CardEvaluation.Kind {
    switch kind {
    case .scores: .pairScores
    case .matches, .classes: .pairClasses
    case .rankings: .rankings
    }
  }

  /// The labels of the rows, as the model card describes them.
  var labels: TrainingSet.Labels {
    switch kind {
    case .scores(let scores): .scores(scores.map(Float.init))
    case .matches(let matches): .classes(matches.map { $0 ? 1 : 0 }, names: ["0", "1"])
    case .classes(let classes, let count):
      .classes(classes.map(Int32.init), names: (0..<count).map { "\($0)" })
    case .rankings(let samples): .lists(samples.map { $0.areRelevant.map { $0 ? 1 : 0 } })
    }
  }

  /// The values of `metrics`; NaN for one that does not exist.
  /// - Parameter score: a number for each label of pairs, label after label
  func callAsFunction(
    _ score: (_ pairs: [TextPair]) throws -> [[Float]]
  ) rethrows -> [(name: String, value: Double)] {
    let scores = try score(pairs)
    guard scores.allSatisfy({ $0.allSatisfy(\.isFinite) && !$0.isEmpty }) else {
      return metrics.map { ($0, .nan) }
    }
    return Array(zip(metrics, values(scores)))
  }

  private var pairs: [TextPair] {
    if case .rankings(let samples) = kind {
      return zip(queries, samples).flatMap { query, sample in
        sample.documents.map { TextPair(query: query, document: $0) }
      }
    }
    return zip(queries, documents).map { TextPair(query: $0, document: $1) }
  }

  private func values(_ scores: [[Float]]) -> [Double] {
    switch kind {
    case .scores(let wanted):
      let found = scores.map { Double($0[0]) }
      return [
        Correlation.pearson(wanted, found) ?? .nan, Correlation.spearman(wanted, found) ?? .nan,
      ]
    case .matches(let matches):
      let found = BinaryClassification(scores.map { $0[0] }, labels: matches)
      return [
        found.accuracy, Double(found.accuracyThreshold), found.f1, Double(found.f1Threshold),
        found.precision, found.recall, found.averagePrecision,
      ]
    case .classes(let classes, let count):
      // Of equal scores the first, as in the reference.
      let found = scores.map { row in
        row.indices.dropFirst().reduce(0) { row[$1] > row[$0] ? $1 : $0 }
      }
      let metrics = ClassScores(found, labels: classes, of: count)
      return [metrics.macro, metrics.micro, metrics.weighted]
    case .rankings(let samples):
      var rest = scores[...]
      let found = samples.map { sample in
        defer { rest = rest.dropFirst(sample.documents.count) }
        return RerankingMetrics(
          rest.prefix(sample.documents.count).map { $0[0] }, areRelevant: sample.areRelevant,
          depth: Self.depth)
      }
      return RerankingMetrics.mean(found).named(depth: Self.depth).map(\.value)
    }
  }
}
