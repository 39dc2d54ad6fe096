import ArgumentParser
import Embeddings
import ModelFiles

/// `embed rerank`: documents by how well they answer a query.
struct RerankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerank", abstract: "Order documents by how well they answer a query.",
    discussion: """
      Reads each document together with the query (a cross-encoder), which is slower than comparing \
      vectors and more exact. Prints a line for each document, the best first, equal scores in the \
      order of the input.

        embed rerank -m cross-encoder/ms-marco-MiniLM-L6-v2 "how do cats sleep" notes.txt --top 3
        embed rerank --pairs pairs.csv
        embed search --corpus notes.txt --top 50 < queries.txt | embed rerank --lists
      """)

  @OptionGroup var model: ModelOptions

  @Argument(help: ArgumentHelp("Rank the documents for this query.", valueName: "QUERY"))
  var query: String?

  @Argument(
    help: ArgumentHelp(
      "Read documents from files; from standard input without any, or for -.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var format: FormatOptions
  @OptionGroup var sources: RerankSources
  @OptionGroup var prompt: QueryPrompt
  @OptionGroup var scores: ScoreOptions
  @OptionGroup var output: ResultOptions

  @Option(help: ArgumentHelp("Print the N best documents, and hold no more.", valueName: "N"))
  var top: Int?

  @Option(help: ArgumentHelp("Print only documents whose score is at least T.", valueName: "T"))
  var threshold: Float?

  @Option(
    help: ArgumentHelp(
      "Cut documents over the limit, stop with an error, or read them in chunks.",
      discussion:
        "chunk splits a document between words into passages that fit beside the query; the best "
        + "one's score counts.",
      valueName: "cut|error|chunk"))
  var long: LongTexts = .cut

  @Option(
    help: ArgumentHelp(
      "Stop at a row that cannot be read or has no finite score, or write null and the error for it.",
      valueName: "stop|null"))
  var onError: UnreadableRows = .stop

  @Option(help: ArgumentHelp("Show a progress bar.", valueName: "WHEN"))
  var progress: ProgressMode = .auto

  /// The files; `-` where there are none. Pairs and lists have no query before them.
  var paths: [String] {
    let all = (sources.readsQueries ? [query].compactMap { $0 } : []) + files
    return all.isEmpty ? ["-"] : all
  }

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1") }
    if let threshold, !threshold.isFinite {
      throw ValidationError("--threshold must be a number")
    }
    if query == nil, !sources.readsQueries {
      throw ValidationError(
        "give a QUERY to rank documents for, or --pairs or --lists, whose rows have queries")
    }
    if sources.pairs, top != nil || threshold != nil {
      throw ValidationError("--pairs prints each row in its place; leave out --top and --threshold")
    }
    if sources.pairs, scores.noText {
      throw ValidationError("--pairs keeps each row as it is; --no-text is for rankings")
    }
    try sources.check(format)
    if !sources.readsQueries { try format.checkUse(files) }
    try output.check(sources)
    if onError == .null, output.isTable {
      throw ValidationError("--on-error null needs --format jsonl; a table has scores only")
    }
  }

  /// Says how many pairs were longer than the model reads.
  func noteCut(_ count: Int, of route: PairRoute) {
    model.messages.noteCut(
      pairs: count, of: route,
      advice: "; --long chunk reads documents whole, --long error refuses them, --tokens marks them"
    )
  }

  /// Says, of the first row, that members of its own give way to ours.
  func noteReplaced(_ row: InputRow, by fields: ReservedFields) {
    let names = row.source.reserved.intersection(fields).names
    guard !names.isEmpty else { return }
    model.messages.note(
      "the rows' own \(listed(names)) \(names.count == 1 ? "is" : "are") replaced by the reranker's"
    )
  }

  func run() throws {
    try Destination(output.output).refuse(inputs: paths)
    if let query, !sources.readsQueries {
      model.messages.noteFiles(
        among: [query], as: "query",
        advice: "the query comes first, then files of documents: embed rerank QUERY FILE")
    }
    let reranker = try model.reranker(takesScores: scores.activation == nil)
    let scorer = try PairScorer(reranker, self)
    if sources.pairs {
      var run = try PairsRun(scorer, self)
      try run.toTheEnd()
    } else if sources.lists {
      var run = try ListsRun(scorer, self)
      try run.toTheEnd()
    } else {
      var run = try DocumentsRun(scorer, self, query: query ?? "")
      try run.toTheEnd()
    }
  }
}
