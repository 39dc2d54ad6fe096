package import Embeddings
package import ModelFiles

/// What a model card tells of a model and of how it was trained: plain values, whose texts may come
/// from anywhere.
package struct CardContents: Sendable {
  /// The model that training began with; as the hub knows it where `isOnHub`.
  package var baseModel: (name: String, isOnHub: Bool)
  /// How many tokens of a text count; `nil` for all.
  package var maximumLength: Int?
  /// E, or the labels of a reranker.
  package var dimension: Int
  /// sentence-transformers' name: `cosine`.
  package var similarity: String
  /// A line for each module.
  package var modules: [String]
  package var sets: [CardSet]
  package var kind = ModelKind.dense
  /// What the model was judged by.
  package var evaluationSets: [CardSet] = []
  package var evaluations: [CardEvaluation] = []
  /// By sentence-transformers' names, in the order of reading.
  package var hyperparameters: [CardHyperparameter] = []
  package var log = TrainingLog()
  /// The metrics that the table of steps has a column for.
  package var logged: [CardMetric] = []
  /// The step whose weights were written, where evaluations say that it is the best.
  package var savedStep: Int?
  /// Without what evaluations took.
  package var trainingSeconds = 0.0
  package var evaluationSeconds = 0.0
  /// What made the model: `embed`, `0.1.0`.
  package var versions: [(name: String, version: String)] = []

  package init(
    baseModel: (name: String, isOnHub: Bool), maximumLength: Int?,
    dimension: Int,
    similarity: String, modules: [String], sets: [CardSet]
  ) {
    (self.baseModel, self.maximumLength, self.dimension) = (baseModel, maximumLength, dimension)
    (self.similarity, self.modules, self.sets) = (similarity, modules, sets)
  }
}

/// A set of rows that was learned from, or that the model was judged by.
package struct CardSet: Sendable {
  package let name: String
  package let rows: Int
  /// Of texts, then of labels.
  package let columns: [CardColumn]
  /// The name of the loss, and its parameters by sentence-transformers' names; `nil` for a set that
  /// was not learned from.
  package let loss: (name: String, parameters: [(name: String, value: JSONValue)])?
  /// A few rows, as examples of what the model is for.
  package let examples: [CardExample]
}

/// A column of a set.
package struct CardColumn: Sendable {
  package let name: String
  package let statistics: Statistics
  /// The first cells.
  package let samples: [String]

  /// What the first rows have in it.
  package enum Statistics: Sendable {
    case tokens(Range)
    case scores(Range)
    /// Classes and their shares.
    case classes([(name: String, share: Double)])
    /// How many numbers each of its vectors has.
    case vectors(Int)
    /// How many elements its lists have.
    case lists(Range)
  }

  package struct Range: Sendable, Equatable {
    package let least, mean, most: Double

    package init(_ values: [Double]) {
      (least, most) = (values.min() ?? 0, values.max() ?? 0)
      mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
  }
}

/// A text, and some to compare it with.
package struct CardExample: Sendable, Equatable {
  package let source: String
  package let others: [String]
}

/// What one evaluation of the model that was written came to.
package struct CardEvaluation: Sendable {
  package let kind: Kind
  /// The name of the set: `sts-dev`.
  package let name: String
  package let metrics: [TrainingLog.Evaluation.Metric]
  /// The name of the metric that decides.
  package let primary: String

  package init(
    _ kind: Kind, name: String, metrics: [TrainingLog.Evaluation.Metric], primary: String
  ) {
    (self.kind, self.name, self.metrics, self.primary) = (kind, name, metrics, primary)
  }

  /// What is compared, by sentence-transformers' names for its evaluators.
  package enum Kind: Sendable, CaseIterable {
    case similarity, triplets, binary, distillation
    /// Of rerankers.
    case pairScores, pairClasses, rankings

    var description: String {
      switch self {
      case .similarity: "Semantic Similarity"
      case .triplets: "Triplet"
      case .binary: "Binary Classification"
      case .distillation: "Knowledge Distillation"
      case .pairScores: "Cross Encoder Correlation"
      case .pairClasses: "Cross Encoder Classification"
      case .rankings: "Cross Encoder Reranking"
      }
    }

    var evaluator: String {
      switch self {
      case .similarity: "EmbeddingSimilarityEvaluator"
      case .triplets: "TripletEvaluator"
      case .binary: "BinaryClassificationEvaluator"
      case .distillation: "MSEEvaluator"
      case .pairScores: "CrossEncoderCorrelationEvaluator"
      case .pairClasses: "CrossEncoderClassificationEvaluator"
      case .rankings: "CrossEncoderRerankingEvaluator"
      }
    }
  }
}

/// A metric of a set.
package struct CardMetric: Sendable, Equatable {
  package let set, name: String

  package init(set: String, name: String) { (self.set, self.name) = (set, name) }
}

/// An option of training.
package struct CardHyperparameter: Sendable, Equatable {
  package let name: String
  package let value: String
  /// Whether sentence-transformers has it so where nothing is said.
  package let isDefault: Bool
}
