import ArgumentParser

/// `embed evaluate`: how good a model's vectors are at a task.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Compute the metrics that sentence-transformers reports.",
    discussion: """
      Reads csv, tsv or jsonl files, by their ending. Columns are found by the names in the first \
      row, in any order; where it has none of them, it is a row like the others, and the first \
      columns are used.
      """,
    subcommands: [
      EvaluateSTS.self, EvaluateTriplets.self, EvaluateBinary.self, EvaluateRetrieval.self,
      EvaluateParaphrases.self, EvaluateRerank.self, EvaluateNLI.self,
    ])
}
