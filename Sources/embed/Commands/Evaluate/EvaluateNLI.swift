import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate nli`: how often a model that classifies pairs of texts is right.
struct EvaluateNLI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nli",
    abstract: "Compute accuracy and F1 of a model that classifies pairs of texts.",
    discussion: """
      The columns are sentence1 (or premise), sentence2 (or hypothesis) and label, or those of \
      --columns. A label is one of the model's, by its name or its number from 0; `embed inspect` \
      names them. A model with one label says whether a pair matches: the label is 1 or 0, and the \
      best threshold is printed.

        embed evaluate nli -m cross-encoder/nli-deberta-v3-base pairs.csv
      """)

  @OptionGroup var options: TableOptions
  @OptionGroup var prompt: QueryPrompt

  private static let columns = ColumnNames(
    ["sentence1", "sentence2", "label"], areGiven: false,
    others: ["sentence1": "premise", "sentence2": "hypothesis"])

  func run() throws {
    let reranker = try options.model.reranker()
    let scorer = PairScorer(reranker, try prompt.route(reranker))
    let table = try EvaluationTable(
      options.file, as: options.format.format, columns: options.columns ?? Self.columns)
    let labels = try labels(table, reranker.labels)
    let scores = try scores(table, scorer)
    options.model.messages.noteCut(pairs: scores.count(where: \.isCut), of: scorer.route)
    try MetricReport(
      counts: [("pairs", labels.count)],
      groups: [("scores", values(scores, labels, of: reranker.labels.count))]
    ).write(options.report)
  }

  private func values(
    _ scores: [PairScore], _ labels: [Int], of count: Int
  ) -> [(name: String, value: Double?)] {
    if count > 1 {
      // Of equal scores the first, as in the reference.
      let found = scores.map { score in
        score.scores.indices.dropFirst().reduce(0) {
          score.scores[$1] > score.scores[$0] ? $1 : $0
        }
      }
      return ClassScores(found, labels: labels, of: count).named.map { ($0.name, $0.value) }
    }
    let found = BinaryClassification(scores.map(\.first), labels: labels.map { $0 == 1 })
    return [
      ("accuracy", found.accuracy), ("accuracy_threshold", Double(found.accuracyThreshold)),
      ("f1", found.f1), ("f1_threshold", Double(found.f1Threshold)),
      ("precision", found.precision), ("recall", found.recall),
      ("average_precision", found.averagePrecision),
    ]
  }

  /// The number of each row's label.
  private func labels(_ table: EvaluationTable, _ names: [String]) throws -> [Int] {
    let known = names.count > 1 ? names : ["0", "1"]
    let numbers = Dictionary(
      known.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    return try table.rows.map { row in
      let text = String(decoding: row.fields[2], as: UTF8.self)
      // A table that went through Python's pandas has 1.0 for 1.
      let number = Double(decimal: row.fields[2]).flatMap { Int(exactly: $0) }
      if let label = numbers[text.lowercased()] ?? number, known.indices.contains(label) {
        return label
      }
      let expected =
        names.count > 1
        ? "one of \(listed(names)), or its number from 0" : "0 or 1: the model has one label"
      throw RowProblem(
        row.location, "\(table.columns[2]) is `\(text.prefix(40))`, should be \(expected)")
    }
  }

  private func scores(_ table: EvaluationTable, _ scorer: PairScorer) throws -> [PairScore] {
    let pairs = table.rows.map { TextPair(query: $0.fields[0], document: $0.fields[1]) }
    return try zip(table.rows, try scorer(pairs)).map { row, result in
      do {
        return try result.get()
      } catch {
        throw RowProblem(row.location, "\(error)")
      }
    }
  }
}
