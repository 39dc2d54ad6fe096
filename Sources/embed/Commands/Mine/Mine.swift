import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed mine`: the closest pairs of one corpus, or hard negatives of pairs.
struct Mine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mine",
    abstract: "Find the closest pairs of texts in one corpus, or hard negatives for training.",
    discussion: """
      Prints each pair once, the highest score first, and equal scores in the order of rows. A \
      pair is found when one of its texts is among the 100 nearest of the other (--neighbours), \
      as in sentence-transformers' paraphrase_mining.

        embed mine --threshold 0.9 < sentences.txt
        embed mine --threshold 0.9 sentences.txt --vectors sentences.npy

      With --negatives, FILE has pairs, as train reads them: a row for an anchor (a question, say) \
      and a positive (its answer). What is printed are these with texts that are near the anchor \
      and none of its positives, as sentence-transformers' mine_hard_negatives finds them: rows \
      that train reads. Anchors come in the order of their first rows, negatives by falling \
      scores. Of an anchor with fewer negatives than are wanted there are fewer rows, and none as \
      n-tuple; how many that are is said at the end. --sampling-strategy random draws by numbers \
      of its own (SplitMix64): a seed gives the same rows everywhere, and others than Python's.

        embed mine --negatives pairs.csv --output triplets.jsonl
        embed mine --negatives pairs.csv --corpus passages.txt --relative-margin 0.05
        embed mine --negatives pairs.csv --num-negatives 5 --output-format n-tuple --output-scores
        embed mine --negatives pairs.csv --rerank bge-reranker-v2-m3 --max-score 0.9 --range-max 50
        embed train -m MODEL triplets.jsonl --output my-model
      """)

  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp(
      "Read texts from files; from standard input without any, or for -.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var format: FormatOptions
  @OptionGroup var kept: FieldsOptions
  @OptionGroup var saved: VectorsOption
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("Print at most N pairs (default: 500000).", valueName: "N"))
  var top: Int?

  @Option(help: ArgumentHelp("Print only pairs whose score is at least T.", valueName: "T"))
  var threshold: Float?

  @Option(
    help: ArgumentHelp("Look at the N nearest texts of each text (default: 100).", valueName: "N"))
  var neighbours: Int?

  @Option(
    help: ArgumentHelp(
      "Compare by cosine, dot, euclidean or manhattan (default: cosine; with --negatives as the "
        + "model's files say).", valueName: "METRIC"),
    transform: Similarity.named)
  var metric: Similarity?

  @OptionGroup var output: ResultOptions

  @OptionGroup(title: "Hard negatives") var negatives: NegativesOptions

  /// The files; `-` where there are none, and no vectors of their rows.
  var paths: [String] { saved.paths(files) }

  /// The format of the texts that negatives are looked for in, beside the pairs.
  var corpusFormat: TextFormat { TextFormat(encoding: format.bytes.encoding) }

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1") }
    if let neighbours, neighbours < 1 { throw ValidationError("--neighbours must be at least 1") }
    if let threshold { try (metric ?? .cosine).check(threshold: threshold) }
    guard negatives.negatives else {
      try saved.check(files, kept, prompt)
      return try format.checkUse(paths)
    }
    try checkNegatives()
  }

  /// Refuses what is of no use with --negatives.
  private func checkNegatives() throws {
    if let output = output.output, let ending = Ending(output).text,
      ResultFormat(ending: ending) != .jsonl
    {
      throw ValidationError(
        "--output \(output): its ending is .\(ending), what is written are JSON lines; name a "
          + "FILE.jsonl")
    }
    for (option, isGiven) in [
      ("--top", top != nil), ("--threshold", threshold != nil), ("--neighbours", neighbours != nil),
      ("--fields", kept.fields != nil), ("--where", !kept.conditions.isEmpty),
      ("--vectors", saved.vectors != nil), ("--format", output.format != nil),
    ] where isGiven {
      throw ValidationError("\(option) is for pairs of one corpus; leave it out with --negatives")
    }
    if prompt.isGiven {
      throw ValidationError(
        "with --negatives anchors have a --query-prompt-name or --query-prompt, other texts a "
          + "--corpus-prompt-name or --corpus-prompt; say those")
    }
    if let input = format.bytes.input, !input.hasFields {
      throw ValidationError(
        "--input \(input.rawValue) has no columns; pairs are csv, tsv, jsonl or json")
    }
    if negatives.corpus == "-", paths.contains("-") {
      throw ValidationError("pairs and --corpus - cannot both be standard input")
    }
    guard format.field != nil else { return }
    guard let corpus = negatives.corpus else {
      throw ValidationError(
        "--field says which text of --corpus FILE counts; name the columns of pairs with --columns "
          + "A,B")
    }
    guard corpusFormat.resolved(corpus, fallback: .lines).kind.hasFields else {
      throw ValidationError(
        "--field has no effect on lines, as which \(InputFile.name(corpus)) is read")
    }
  }

  func run() throws {
    let destination = try Destination(output.output)
    try destination.refuse(
      inputs: paths + [negatives.corpus, saved.vectors].compactMap { $0 })
    try destination.tryOut()
    guard negatives.negatives else { return try minePairs() }
    var run = try NegativesRun(self)
    try run.toTheEnd()
  }

  private func minePairs() throws {
    let rows = try saved.rows(
      files, format, keeping: kept.members(ours: .row, of: format), where: kept.filter, prompt,
      model)
    let pairs = try Mining.pairs(
      of: rows.vectors, by: metric ?? .cosine, perRow: min(neighbours ?? 100, rows.vectors.rows),
      most: top ?? 500_000, atLeast: threshold ?? -.infinity,
      name: saved.vectors ?? "the texts", threads: model.threadCount,
      cancelled: { Interrupt.requested })
    try rows.checkIntact()
    var output = try ResultWriter(output)
    guard output.format == .jsonl else {
      try output.write(table(pairs, rows))
      return try output.finish()
    }
    func side(_ row: Int) -> JSONValue { rows.object(row, rows.fields(row)) }
    try output.write(lines: pairs.count) { index in
      let pair = pairs[index]
      return ["score": .float(pair.score), "a": side(pair.first), "b": side(pair.second)]
    }
    try output.finish()
  }

  /// Each pair as a row: the score, and of both texts what is known of their rows.
  private func table(_ pairs: [MinedPair], _ rows: RowVectors) -> ResultTable {
    let names = rows.members?.columns ?? []
    var table = ResultTable(
      [ResultColumn("score", .number)]
        + ["a", "b"].flatMap { rows.columns(names, prefix: "\($0).") })
    for pair in pairs {
      table.append(
        [.score(pair.score)] + rows.cells(pair.first, names) + rows.cells(pair.second, names))
    }
    return table
  }
}
