import ArgumentParser
import Embeddings
import Vectors

/// What hard negatives are mined from and how they are chosen, by the names that
/// `mine_hard_negatives` of sentence-transformers has for it.
struct NegativesOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Mine hard negatives: FILE has an anchor and a positive in each row; csv, tsv or JSON lines.")
  )
  var negatives = false

  @Option(
    help: ArgumentHelp(
      "Take anchors and positives from these columns (default: the first two that have texts).",
      valueName: "A,B"))
  var columns: ColumnNames?

  @Option(
    help: ArgumentHelp(
      "Look for negatives in these texts, too (default: in all positives alone); - is standard "
        + "input.", valueName: "FILE"), completion: .file())
  var corpus: String?

  @Option(help: ArgumentHelp("Give each anchor N negatives (default: 3).", valueName: "N"))
  var numNegatives: Int?

  @Option(
    help: ArgumentHelp(
      "Skip the N nearest texts, which may be answers that nobody marked (default: 0).",
      valueName: "N"))
  var rangeMin: Int?

  @Option(
    help: ArgumentHelp(
      "Look at the N nearest texts (default: as many as are skipped, wanted, and positives of one "
        + "anchor; ten times as many as are wanted where scores may leave some out).",
      valueName: "N"))
  var rangeMax: Int?

  @Option(help: ArgumentHelp("Leave out texts whose score is above S.", valueName: "S"))
  var maxScore: Float?

  @Option(help: ArgumentHelp("Leave out texts whose score is below S.", valueName: "S"))
  var minScore: Float?

  @Option(
    help: ArgumentHelp(
      "Leave out texts that are not at least M below the anchor's lowest positive.",
      valueName: "M"))
  var absoluteMargin: Float?

  @Option(
    help: ArgumentHelp(
      "Leave out texts that are not below the lowest positive by this share of its score: 0.05 is "
        + "usual.", valueName: "M"))
  var relativeMargin: Float?

  @Option(
    help: ArgumentHelp(
      "Take the nearest of the texts that are left, or draw from them (default: top).",
      valueName: "top|random"))
  var samplingStrategy: NegativeSampling?

  @Option(
    help: ArgumentHelp(
      "Seed the numbers that --sampling-strategy random draws by (default: 0).", valueName: "N"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Let this reranker score the nearest texts and the positives: scores and margins are its own.",
      valueName: "DIR|NAME"), completion: .directory)
  var rerank: String?

  @Flag(
    help: ArgumentHelp(
      "Leave positives among the nearest texts: a ranking, to evaluate rerankers by; writes n-tuple."
    ))
  var includePositives = false

  @Option(
    help: ArgumentHelp(
      "Write a line for each negative, for each pair with all its negatives, for each text with its "
        + "label, or for each pair with lists of texts and labels (default: triplet).",
      valueName: "triplet|n-tuple|labeled-pair|labeled-list"))
  var outputFormat: NegativesFormat?

  @Flag(help: "Write scores, in place of labels where there are such.")
  var outputScores = false

  @Option(
    help: ArgumentHelp(
      "Put the model's prompt of this name before anchors (default: query).", valueName: "NAME"))
  var queryPromptName: String?

  @Option(help: ArgumentHelp("Put TEXT before anchors.", valueName: "TEXT"))
  var queryPrompt: String?

  @Option(
    help: ArgumentHelp(
      "Put the model's prompt of this name before other texts (default: document).",
      valueName: "NAME"))
  var corpusPromptName: String?

  @Option(help: ArgumentHelp("Put TEXT before other texts.", valueName: "TEXT"))
  var corpusPrompt: String?

  func validate() throws {
    guard negatives else {
      guard let first = given.first else { return }
      throw ValidationError("\(first) needs --negatives")
    }
    try columns?.check(count: 2)
    try checkRange()
    try checkScores()
    if seed != nil, samplingStrategy != .random {
      throw ValidationError("--seed needs --sampling-strategy random; the nearest are not drawn")
    }
    if includePositives, let outputFormat, outputFormat != .nTuple {
      throw ValidationError(
        "--include-positives writes a ranking, which is --output-format n-tuple, not "
          + outputFormat.rawValue)
    }
    for (side, name, text) in [
      ("query", queryPromptName, queryPrompt), ("corpus", corpusPromptName, corpusPrompt),
    ] where name != nil && text != nil {
      throw ValidationError(
        "--\(side)-prompt-name and --\(side)-prompt exclude each other; give one of them")
    }
  }

  /// The options that are given.
  private var given: [String] {
    let all = [
      ("--columns", columns != nil), ("--corpus", corpus != nil),
      ("--num-negatives", numNegatives != nil), ("--range-min", rangeMin != nil),
      ("--range-max", rangeMax != nil), ("--max-score", maxScore != nil),
      ("--min-score", minScore != nil), ("--absolute-margin", absoluteMargin != nil),
      ("--relative-margin", relativeMargin != nil),
      ("--sampling-strategy", samplingStrategy != nil), ("--seed", seed != nil),
      ("--rerank", rerank != nil), ("--include-positives", includePositives),
      ("--output-format", outputFormat != nil), ("--output-scores", outputScores),
      ("--query-prompt-name", queryPromptName != nil), ("--query-prompt", queryPrompt != nil),
      ("--corpus-prompt-name", corpusPromptName != nil), ("--corpus-prompt", corpusPrompt != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  // Their sums are numbers, too.
  private static let most = 1_000_000_000

  private func checkRange() throws {
    for (option, value, least) in [
      ("--num-negatives", numNegatives, 1), ("--range-min", rangeMin, 0),
      ("--range-max", rangeMax, 1),
    ] {
      guard let value, !(least...Self.most).contains(value) else { continue }
      throw ValidationError(
        "\(option) is \(value), should be \(least) to \(grouped(Self.most))")
    }
    guard let rangeMax, rangeMax - lowestRank < wanted else { return }
    throw ValidationError(
      "--range-max \(rangeMax) leaves \(max(0, rangeMax - lowestRank)) texts behind the "
        + "\(lowestRank) of --range-min, and \(wanted) are wanted (--num-negatives); raise it, or "
        + "lower one of the others")
  }

  private func checkScores() throws {
    for (option, value) in [
      ("--max-score", maxScore), ("--min-score", minScore), ("--absolute-margin", absoluteMargin),
      ("--relative-margin", relativeMargin),
    ] {
      guard let value, !value.isFinite else { continue }
      throw ValidationError("\(option) is \(value), should be a number such as 0.5")
    }
    if let maxScore, let minScore, minScore > maxScore {
      throw ValidationError(
        "--min-score \(minScore) is above --max-score \(maxScore); no text is between them")
    }
    guard rerank != nil, !limitsScores, minScore == nil else { return }
    throw ValidationError(
      "--rerank scores texts for --max-score, --min-score, --absolute-margin and --relative-margin; "
        + "give one of them, or leave it out")
  }
}

extension NegativesOptions {
  /// How many negatives an anchor gets.
  var wanted: Int { numNegatives ?? 3 }
  private var lowestRank: Int { rangeMin ?? 0 }

  /// Whether scores may leave out so many texts that more are to be looked at.
  private var limitsScores: Bool {
    maxScore != nil || absoluteMargin != nil || relativeMargin != nil
  }

  /// Whether texts that could be negatives are left out by their ranks, scores or a draw.
  var narrows: Bool {
    limitsScores || minScore != nil || rangeMin != nil || rangeMax != nil
      || samplingStrategy == .random
  }

  var format: NegativesFormat { outputFormat ?? (includePositives ? .nTuple : .triplet) }

  var limits: NegativeLimits {
    var limits = NegativeLimits()
    (limits.absoluteMargin, limits.relativeMargin) = (absoluteMargin, relativeMargin)
    (limits.highest, limits.lowest) = (maxScore, minScore)
    return limits
  }

  /// The ranks that negatives may have.
  /// - Parameter mostPositives: the most pairs that one anchor has
  func ranks(mostPositives: Int) -> Range<Int> {
    let looksFurther = limitsScores || rerank != nil && minScore != nil
    let standard = lowestRank + wanted * (looksFurther ? 10 : 1) + mostPositives
    return lowestRank..<(rangeMax ?? standard)
  }

  /// The way of anchors through the model.
  func queryRoute(_ model: TextModel) throws -> Route {
    try route(model, .query, name: queryPromptName, text: queryPrompt)
  }

  /// The way of all other texts.
  func corpusRoute(_ model: TextModel) throws -> Route {
    try route(model, .document, name: corpusPromptName, text: corpusPrompt)
  }

  private func route(
    _ model: TextModel, _ side: TextSide, name: String?, text: String?
  ) throws -> Route {
    guard let prompt = try text ?? name.map({ try model.prompts.text(named: $0) }) else {
      return try model.route(named: side.rawValue)
    }
    return try model.route(prompt: prompt, side: side)
  }
}

/// Which of the texts that are left become negatives.
enum NegativeSampling: String, CaseIterable, ExpressibleByArgument, Sendable { case top, random }
