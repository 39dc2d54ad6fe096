import ArgumentParser
import Embeddings

/// Where queries and documents come from, if not a query from the command line.
struct RerankSources: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Score pairs: csv, tsv or JSON lines with query and document; a line each, in order."))
  var pairs = false

  @Flag(
    help: ArgumentHelp(
      "Rank lists: JSON lines with query and documents, or with hits as search prints them."))
  var lists = false

  @Option(help: ArgumentHelp("Read the pairs from these columns.", valueName: "A,B"))
  var columns: ColumnNames = .init(["query", "document"])

  /// Whether the rows have the queries.
  var readsQueries: Bool { pairs || lists }

  func validate() throws {
    if pairs, lists { throw ValidationError("--pairs and --lists exclude each other") }
    try columns.check(count: 2)
    if columns.areGiven, !pairs { throw ValidationError("--columns needs --pairs") }
  }

  /// Refuses what these rows have no use for.
  func check(_ format: FormatOptions) throws {
    guard readsQueries else { return }
    let option = pairs ? "--pairs" : "--lists"
    if format.field != nil {
      throw ValidationError(
        pairs
          ? "--pairs reads two columns; name them with --columns A,B"
          : "--lists reads query and documents; --field has no use there")
    }
    guard let input = format.bytes.input else { return }
    if !input.hasFields || lists && (input == .csv || input == .tsv) {
      throw ValidationError(
        "\(option) reads \(pairs ? "csv, tsv, jsonl or json" : "jsonl or json"), not "
          + "--input \(input.rawValue)")
    }
  }
}

/// What is put before a query.
struct QueryPrompt: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put the model's prompt of this name before the query; a chat template has it as its system "
        + "message.", valueName: "NAME"))
  var promptName: String?

  @Option(help: ArgumentHelp("Put TEXT before the query, or into the template.", valueName: "TEXT"))
  var prompt: String?

  @Flag(help: "Leave out the model's default prompt.")
  var noPrompt = false

  func validate() throws {
    guard [promptName != nil, prompt != nil, noPrompt].count(where: { $0 }) < 2 else {
      throw ValidationError(
        "--prompt-name, --prompt and --no-prompt exclude each other; give one of them")
    }
  }

  func route(_ reranker: Reranker) throws -> PairRoute {
    try reranker.route(promptName: promptName, prompt: prompt, isBare: noPrompt)
  }
}

/// What is made of the network's last numbers.
struct ScoreOptions: ParsableArguments {
  @Flag(help: "Make shares of several labels' scores, which add up to 1.")
  var softmax = false

  @Flag(help: "Add the numbers before the activation.")
  var logits = false

  @Option(
    help: ArgumentHelp(
      "Make scores by this function (default: as the model's files say).",
      valueName: "identity|sigmoid|tanh|softmax"))
  var activation: ScoreActivation?

  @Flag(help: "Add the number of tokens, and how many the query and the document lost.")
  var tokens = false

  @Flag(help: "Leave the text out.")
  var noText = false

  /// Refuses what makes nothing of one number.
  func check(_ reranker: Reranker) throws {
    guard reranker.labels.count == 1, softmax || activation == .softmax else { return }
    throw ValidationError(
      "\(softmax ? "--softmax" : "--activation softmax") makes shares of several labels' scores; the "
        + "model has one label, whose share is always 1")
  }
}

extension ScoreActivation: ExpressibleByArgument {}

extension ResultOptions {
  /// Refuses forms that these rows do not have.
  func check(_ sources: RerankSources) throws {
    if format == .table, sources.readsQueries {
      throw ValidationError(
        "--format table is for one QUERY; pairs and lists are written as they come")
    }
    if sources.lists, resolved(isTerminal: false) != .jsonl {
      throw ValidationError("--lists writes JSON lines; leave out --format, or name a .jsonl file")
    }
  }
}
