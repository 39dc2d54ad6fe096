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

  @OptionGroup var compared: MetricOptions
  @OptionGroup var stages: SearchStageOptions

  @Option(
    help: ArgumentHelp(
      "Save the corpus' vectors to this file, and to FILE.npy.json what made them; those of a sparse "
        + "model to FILE.npz.",
      valueName: "FILE.npy"), completion: .file())
  var save: String?

  @Option(
    help: ArgumentHelp("Use the corpus' vectors that --save wrote.", valueName: "FILE.npy"),
    completion: .file())
  var vectors: String?

  @Option(
    help: ArgumentHelp(
      "Search for these vectors; needs --vectors, and no model.", valueName: "FILE.npy"),
    completion: .file())
  var queries: String?

  func validate() throws {
    if let corpus { try format.checkUse([corpus]) }
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if let threshold, !threshold.isFinite { throw ValidationError("--threshold must be a number") }
    // That of a model is known only once it is read, and other stages have other scores.
    if let threshold, !stages.areGiven,
      let metric = compared.metric ?? (queries == nil ? nil : .cosine)
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
    if queries != nil, vectors == nil || corpus != nil || !query.isEmpty {
      throw ValidationError("--queries needs --vectors, and excludes QUERY and --corpus")
    }
    if kept.fields != nil, corpus == nil {
      throw ValidationError("--fields are those of a --corpus; give it beside --vectors")
    }
    if stages.areGiven, corpus == nil {
      throw ValidationError(
        "\(stages.rerank == nil ? "--hybrid" : "--rerank") reads the texts that were found; give them "
          + "with --corpus")
    }
  }

  func run() throws {
    if let queries, let vectors { return try searchVectors(vectors, queries) }
    let inputs = [corpus, vectors, query.isEmpty ? "-" : nil].compactMap { $0 }
    if let save {
      let destination = try Destination(save)
      guard case .file = destination else {
        throw FileError("--save is \(save), which keeps no vectors; name a file that ends in .npy")
      }
      try destination.refuse(inputs: inputs)
      try destination.tryOut()
    }
    try Destination(nil).refuse(inputs: inputs)
    try SearchRun(self).toTheEnd()
  }

  /// Vectors among vectors: rows and scores.
  private func searchVectors(_ corpus: String, _ queries: String) throws {
    let (rows, wanted) = (try StoredVectors(corpus), try StoredVectors(queries))
    guard rows.results.columns == wanted.results.columns else {
      throw FileError(
        "\(queries) has vectors of \(wanted.results.columns) dimensions, \(corpus) of "
          + "\(rows.results.columns); use vectors of one model")
    }
    guard rows.results.count > 0 else {
      throw FileError(
        "\(corpus) has no rows; make it from a file that has texts, with embed encode FILE --output "
          + "\(corpus) or embed search --corpus FILE --save \(corpus)")
    }
    // Nothing says what made them: sparse vectors are usually compared by their products.
    let isSparse = if case .sparse = rows.results { true } else { false }
    let search = try SearchIndex(
      rows.results, by: compared.metric ?? (isSparse ? .dot : .cosine), isMean: false,
      name: corpus, threads: model.threadCount)
    let output = try OutputFile(nil)
    let size = Search.group(
      columns: wanted.results.columns, hits: min(top, rows.results.count))
    for start in stride(from: 0, to: wanted.results.count, by: size) {
      let part = wanted.results.picked(
        Array(start..<min(start + size, wanted.results.count)))
      let found = try search.nearest(
        to: part, count: top, queriesName: queries, firstQuery: start)
      try rows.checkIntact()
      try wanted.checkIntact()
      try output.write(lines: found.count) { index in
        let hits = found[index].filter { $0.score >= threshold ?? -.infinity }
        return [
          "query": .int(start + index), "hits": .array(hits.map { RankedHit($0).value(nil) }),
        ]
      }
    }
    try output.finish()
  }
}
