import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed search`: the nearest texts of a corpus for each query.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find the nearest texts of a corpus for each query.",
    discussion: """
      Compares each query with every row of the corpus, and prints a line for each query: its \
      hits, the best first, equal scores in the order of the corpus; a hit begins with what its row has \
      beside the text. Uses the model's prompts for \
      queries and documents. Sparse vectors are compared by an inverted index, those of late \
      interaction by MaxSim with every document; both are exact.

        embed search --corpus notes.txt "how do cats sleep" --top 3
        embed search --corpus notes.txt --save notes.npy < queries.txt
        embed search --corpus notes.txt --vectors notes.npy < queries.txt
        embed search --corpus notes.txt --vectors notes-int8.npy --rescore notes.npy < queries.txt
        embed search --vectors corpus.npy --queries queries.npy
        embed search --corpus notes.txt --hybrid splade-v3 --rerank bge-reranker-v2-m3 < queries.txt
      """)

  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp(
      "Search for these texts; without any, read queries from standard input, a line each.",
      valueName: "QUERY"))
  var query: [String] = []

  @Option(
    help: ArgumentHelp("Search in these texts; - is standard input.", valueName: "FILE"),
    completion: .file())
  var corpus: String?

  @OptionGroup var format: FormatOptions
  @OptionGroup var kept: FieldsOptions

  @Option(help: ArgumentHelp("Print N hits for each query.", valueName: "N"))
  var top: Int = 10

  @Option(help: ArgumentHelp("Print only hits whose score is at least T.", valueName: "T"))
  var threshold: Float?

  @OptionGroup var output: ResultOptions
  @OptionGroup var compared: MetricOptions
  @OptionGroup var stages: SearchStageOptions

  @Option(
    help: ArgumentHelp(
      "Save the corpus' vectors to this file, and to FILE.npy.json what made them; those of a sparse "
        + "model to FILE.npz.",
      valueName: "FILE.npy"), completion: .file())
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Use the corpus' vectors that --save or encode --output wrote, quantized ones too.",
      valueName: "FILE.npy"), completion: .file())
  var vectors: String?

  @OptionGroup var quantized: QuantizedSearchOptions

  @Option(
    help: ArgumentHelp(
      "Search for the queries in this file, of any format that texts have; or, with --vectors alone and "
        + "no model, for the vectors in FILE.npy.", valueName: "FILE"), completion: .file())
  var queries: String?

  @Option(
    help: ArgumentHelp(
      "Take queries from this field or column of --queries (default: text).", valueName: "NAME"))
  var queryField: String?

  func validate() throws {
    if let corpus { try format.checkUse([corpus]) }
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if let threshold, !threshold.isFinite { throw ValidationError("--threshold must be a number") }
    // That of a model is known only once it is read, and other stages have other scores.
    if let threshold, !stages.areGiven,
      let metric = compared.metric ?? (vectorQueries == nil ? nil : .cosine)
    {
      try metric.check(threshold: threshold)
    }
    if corpus == nil, vectors == nil {
      throw ValidationError("give a --corpus to search in, or its --vectors")
    }
    if save != nil, corpus == nil || vectors != nil {
      throw ValidationError("--save needs a --corpus, and excludes --vectors")
    }
    if let save, Ending(save).text != "npz" {
      try OutputEnding.check("--save", save, only: "npy")
    }
    if corpus == "-", query.isEmpty {
      throw ValidationError("queries and --corpus - cannot both be standard input")
    }
    if queries != nil, !query.isEmpty {
      throw ValidationError("give QUERY or --queries, not both")
    }
    if vectorQueries != nil, vectors == nil || corpus != nil {
      throw ValidationError(
        "--queries of vectors need the --vectors to search in, and exclude --corpus")
    }
    if queryField != nil, queries == nil || vectorQueries != nil {
      throw ValidationError("--query-field is of the texts of --queries FILE")
    }
    if save != nil, !kept.conditions.isEmpty {
      throw ValidationError("--save keeps the vectors of all rows; leave out --where")
    }
    if quantized.rescore != nil, vectors == nil {
      throw ValidationError("--rescore needs quantized --vectors")
    }
    if kept.areGiven, corpus == nil {
      throw ValidationError(
        "--fields and --where are of a --corpus; give it beside --vectors")
    }
    if stages.areGiven, corpus == nil {
      throw ValidationError(
        "\(stages.rerank == nil ? "--hybrid" : "--rerank") reads the texts that were found; give them "
          + "with --corpus")
    }
  }

  func run() throws {
    let isPiped = query.isEmpty && queries == nil
    let inputs = [corpus, vectors, queries, quantized.rescore, isPiped ? "-" : nil].compactMap {
      $0
    }
    let destination = try Destination(output.output)
    try destination.refuse(inputs: inputs)
    try destination.tryOut()
    if let vectorQueries, let vectors { return try searchVectors(vectors, vectorQueries) }
    if let save {
      let destination = try Destination(save)
      guard case .file = destination else {
        throw FileError("--save is \(save), which keeps no vectors; name a file that ends in .npy")
      }
      try destination.refuse(inputs: inputs)
      try destination.tryOut()
    }
    var run = try SearchRun(self)
    try run.toTheEnd()
  }

  /// The file of queries, where it has vectors.
  private var vectorQueries: String? {
    queries.flatMap { ["npy", "npz"].contains(Ending($0).text) ? $0 : nil }
  }

  /// Vectors among vectors: rows and scores.
  private func searchVectors(_ corpus: String, _ queries: String) throws {
    let (rows, stored) = (try StoredVectors(corpus), try StoredVectors(queries))
    guard rows.columns == stored.columns else {
      throw FileError(
        "\(queries) has vectors of \(stored.columns) dimensions, \(corpus) of "
          + "\(rows.columns); use vectors of one model")
    }
    guard rows.count > 0 else {
      throw FileError(
        "\(corpus) has no rows; make it from a file that has texts, with embed encode FILE --output "
          + "\(corpus) or embed search --corpus FILE --save \(corpus)")
    }
    let wanted = try stored.results(queries)
    // Nothing says what made them: sparse vectors are usually compared by their products.
    let isSparse = if case .sparse = wanted { true } else { false }
    let metric = compared.metric ?? (isSparse ? .dot : .cosine)
    let search = try SearchIndex(
      rows, by: metric, isMean: false, name: corpus, threads: model.threadCount)
    let rescoring = try quantized.rescoring(rows, corpus, by: metric, threads: model.threadCount)
    var output = try ResultWriter(output)
    let depth = rescoring?.depth(top) ?? top
    let size = Search.group(columns: stored.columns, hits: min(depth, rows.count))
    for start in stride(from: 0, to: wanted.count, by: size) {
      let part = wanted.picked(Array(start..<min(start + size, wanted.count)))
      var found = try search.nearest(
        to: part, count: depth, queriesName: queries, firstQuery: start)
      if let rescoring, case .rows(let vectors) = part {
        found = try rescoring(
          found, of: vectors, count: top, queriesName: queries, firstQuery: start)
      }
      try rows.checkIntact()
      try stored.checkIntact()
      let best = found.map { $0.filter { $0.score >= threshold ?? -.infinity } }
      guard output.format == .jsonl else {
        for (index, hits) in best.enumerated() {
          try output.write(
            table(hits, query: start + index), under: Array("query \(start + index)".utf8))
        }
        continue
      }
      try output.write(lines: best.count) { index in
        [
          "query": .int(start + index),
          "hits": .array(best[index].map { RankedHit($0).value(nil) }),
        ]
      }
    }
    try output.finish()
  }
  private func table(_ hits: [Hit], query: Int) -> ResultTable {
    var table = ResultTable(
      ["query", "rank", "score", "row"].map { ResultColumn($0, .number) })
    for (rank, hit) in hits.enumerated() {
      table.append([.count(query), .count(rank + 1), .score(hit.score), .count(hit.row)])
    }
    return table
  }
}
