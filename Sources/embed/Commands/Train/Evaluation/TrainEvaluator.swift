import Embeddings
import Tensors
import Training
import Vectors

/// What goes before the texts of an evaluation.
enum EvaluationPrompt: Hashable, Sendable {
  /// The model's own for texts of no kind.
  case standard
  /// The model's prompt of this name.
  case named(String)
  case text(String)
}

/// A measure of how good a model is at what it learns, by sentence-transformers' names.
struct TrainEvaluator: Sendable {
  /// What rows are compared with.
  enum Kind: Sendable {
    /// Recorded scores of pairs.
    case scores([Double])
    /// Whether pairs belong together.
    case matches([Bool])
    /// Nothing: the first text is nearer to the second than to the third.
    case triplets
    /// Nothing: of all second texts the row's own is nearest to its first.
    case pairs
    /// Vectors that each column should have, or that all should.
    case vectors([Tensor])
    /// What scores of pairs are compared with.
    case reranking(PairEvaluation)
  }

  /// What it is called: of a file its name without the ending.
  let name: String
  let kind: Kind
  let columns: [TrainingSet.Column]
  let prompts: [EvaluationPrompt]
  /// The model's.
  let similarity: Similarity
  /// Whether the model gives sparse vectors, of which it is also measured how sparse they are.
  var isSparse = false

  /// The rows.
  var count: Int { columns.first?.texts.count ?? 0 }

  /// The rows as the model card describes them.
  var set: TrainingSet {
    let labels: TrainingSet.Labels =
      switch kind {
      case .scores(let scores): .scores(scores.map(Float.init))
      case .matches(let matches): .classes(matches.map { $0 ? 1 : 0 }, names: ["0", "1"])
      case .triplets, .pairs: .none
      case .vectors(let vectors): .vectors(vectors)
      case .reranking(let pairs): pairs.labels
      }
    return TrainingSet(name: name, columns: columns, labels: labels) { "row \($0 + 1)" }
  }

  /// The metric that says which of two models is better: the one with the larger value.
  var primary: String {
    switch kind {
    case .scores: "spearman_\(similarity.rawValue)"
    case .matches: "\(similarity.rawValue)_ap"
    case .triplets: "\(similarity.rawValue)_accuracy"
    case .pairs: "mean_accuracy"
    case .vectors: "negative_mse"
    case .reranking(let pairs): pairs.primary
    }
  }

  /// The names of all metrics, in sentence-transformers' order.
  var metrics: [String] { judged + (isSparse ? sparsity : []) }

  private var judged: [String] {
    let name = similarity.rawValue
    return switch kind {
    case .scores: ["pearson_\(name)", "spearman_\(name)"]
    case .matches:
      [
        "accuracy", "accuracy_threshold", "f1", "f1_threshold", "precision", "recall", "ap", "mcc",
      ].map { "\(name)_\($0)" }
    case .triplets: ["\(name)_accuracy"]
    case .pairs: ["src2trg_accuracy", "trg2src_accuracy", "mean_accuracy"]
    case .vectors: ["negative_mse"]
    case .reranking(let pairs): pairs.metrics
    }
  }

  /// How many numbers of a vector are not 0, and the share of those that are.
  private var sparsity: [String] {
    let names = ["active_dims", "sparsity_ratio"]
    guard case .triplets = kind else { return names }
    return ["anchor", "positive", "negative"].flatMap { side in names.map { "\(side)_\($0)" } }
  }

  /// The values of `metrics`; NaN for one that does not exist, as a correlation of equal numbers.
  /// - Parameter embed: the vectors of texts that differ, in their order
  func callAsFunction(
    threads: Int, _ embed: (_ texts: [[UInt8]], EvaluationPrompt) throws -> Results
  ) throws -> [(name: String, value: Double)] {
    let vectors = try vectors(embed)
    let values: [Double] =
      switch kind {
      case .scores(let scores):
        Self.correlations(scores, similarity.pairwise(vectors[0], vectors[1]))
      case .matches(let matches): matching(vectors, matches)
      case .triplets:
        [
          Triplets.accuracy(
            positive: similarity.pairwise(vectors[0], vectors[1]),
            negative: similarity.pairwise(vectors[0], vectors[2]))
        ]
      case .pairs: try translations(vectors, threads: threads)
      case .vectors(let wanted): [Self.negativeError(vectors, wanted)]
      case .reranking: preconditionFailure("pairs have no vectors")
      }
    return Array(zip(metrics, values + (isSparse ? sparsities(vectors) : [])))
  }

  /// The vectors of each column; each distinct text goes through the model once.
  private func vectors(
    _ embed: ([[UInt8]], EvaluationPrompt) throws -> Results
  ) throws -> [Results] {
    var found: [EvaluationPrompt: (rows: [[UInt8]: Int], vectors: Results)] = [:]
    return try zip(columns, prompts).map { column, prompt in
      if found[prompt] == nil {
        let texts = zip(columns, prompts).filter { $0.1 == prompt }.flatMap(\.0.texts)
        var rows: [[UInt8]: Int] = [:]
        var distinct: [[UInt8]] = []
        for text in texts where rows[text] == nil {
          rows[text] = distinct.count
          distinct.append(text)
        }
        found[prompt] = (rows, try embed(distinct, prompt))
      }
      guard let (rows, vectors) = found[prompt] else { preconditionFailure("no vectors") }
      return vectors.picked(column.texts.map { rows[$0] ?? 0 })
    }
  }

  private static func correlations(_ scores: [Double], _ found: [Float]) -> [Double] {
    let found = found.map(Double.init)
    return [
      Correlation.pearson(scores, found) ?? .nan, Correlation.spearman(scores, found) ?? .nan,
    ]
  }

  private func matching(_ vectors: [Results], _ matches: [Bool]) -> [Double] {
    let areDistances = similarity == .euclidean || similarity == .manhattan
    let scores = similarity.pairwise(vectors[0], vectors[1]).map { areDistances ? -$0 : $0 }
    return BinaryClassification(scores, labels: matches, areDistances: areDistances)
      .named.map(\.value)
  }

  /// How often the nearest text of the other column is the right one: each way, and the mean.
  /// `TranslationEvaluator` takes the cosine whatever the model's similarity is.
  private func translations(_ vectors: [Results], threads: Int) throws -> [Double] {
    let shares = try [(0, 1), (1, 0)].map { from, to in
      let hits = try vectors[to].nearest(to: vectors[from], by: .cosine, name, threads: threads)
      let texts = columns[to].texts
      let right = hits.enumerated().count { row, hits in
        hits.first.map { texts[$0.row] == texts[row] } ?? false
      }
      return Double(right) / Double(max(1, hits.count))
    }
    return shares + [(shares[0] + shares[1]) / 2]
  }

  /// The mean squared error, negated and a hundred times as large, as `MSEEvaluator` has it.
  private static func negativeError(_ vectors: [Results], _ wanted: [Tensor]) -> Double {
    var (sum, count) = (0.0, 0)
    for (column, results) in vectors.enumerated() {
      let wanted = Matrix(wanted[wanted.count == 1 ? 0 : column])
      for row in 0..<results.count {
        wanted.withRow(row) { wanted in
          for (a, b) in zip(results.numbers(of: row), wanted) {
            sum += Double(a - b) * Double(a - b)
          }
        }
      }
      count += wanted.rows * wanted.columns
    }
    return -100 * sum / Double(max(1, count))
  }
}
