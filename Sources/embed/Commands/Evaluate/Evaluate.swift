import ArgumentParser

/// `embed evaluate`: how good a model's vectors are at what they are for.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The metrics that sentence-transformers reports.",
    discussion: """
      Files are csv, tsv or jsonl, by their ending. Columns are found by the names in the first \
      row, in any order; where it has none of them, it is a row like the others and the first \
      columns are meant.
      """,
    subcommands: [
      EvaluateSTS.self, EvaluateTriplets.self, EvaluateBinary.self, EvaluateRetrieval.self,
      EvaluateParaphrases.self,
    ])
}
