import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed search`: the nearest texts of a corpus, for each query.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The nearest texts of a corpus, for each query.",
    discussion: """
      Every row of the corpus is looked at. A line for each query: its hits, the best first, equal \
      ones in the order of the corpus. The model's prompts for queries and documents apply.

        embed search --corpus notes.txt "how do cats sleep" --top 3
        embed search --corpus notes.txt --save notes.npy < queries.txt
        embed search --corpus notes.txt --vectors notes.npy < queries.txt
        embed search --vectors corpus.npy --queries queries.npy
      """)

  @OptionGroup var model: ModelOptions

  @Argument(help: ArgumentHelp("Queries; none is standard input, a line each.", valueName: "QUERY"))
  var query: [String] = []

  @Option(
    help: ArgumentHelp("The texts to look through; - is standard input.", valueName: "FILE"),
    completion: .file())
  var corpus: String?

  @Option(
    help: ArgumentHelp(
      "How texts lie in the corpus: lines, jsonl, csv or tsv (default: by its ending).",
      valueName: "FORMAT"))
  var input: InputFormat?

  @Option(
    help: ArgumentHelp("The corpus' member or column that holds the text.", valueName: "NAME"))
  var field: String = "text"

  @Option(help: ArgumentHelp("How many hits for each query.", valueName: "N"))
  var top: Int = 10

  @Option(
    help: ArgumentHelp(
      "Cosine, dot, euclidean or manhattan (default: the model's).", valueName: "METRIC"),
    transform: Similarity.named)
  var metric: Similarity?

  @Option(
    help: ArgumentHelp(
      "Keep the corpus' vectors there, and in FILE.npy.json what made them.", valueName: "FILE.npy"),
    completion: .file()
  )
  var save: String?

  @Option(
    help: ArgumentHelp("Use the corpus' vectors that were saved there.", valueName: "FILE.npy"),
    completion: .file())
  var vectors: String?

  @Option(
    help: ArgumentHelp(
      "Vectors to look for; needs --vectors, and no model.", valueName: "FILE.npy"),
    completion: .file()
  )
  var queries: String?

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if corpus == nil, vectors == nil {
      throw ValidationError("name a --corpus to look through, or its --vectors")
    }
    if save != nil, corpus == nil || vectors != nil {
      throw ValidationError("--save keeps the vectors of a --corpus, made in this run")
    }
    if corpus == "-", query.isEmpty {
      throw ValidationError("queries and --corpus - cannot both be standard input")
    }
    if queries != nil, vectors == nil || corpus != nil || !query.isEmpty {
      throw ValidationError("--queries goes with --vectors alone")
    }
  }

  func run() throws {
    if let queries, let vectors { return try searchVectors(vectors, queries) }
    try SearchRun(self).toTheEnd()
  }

  /// Vectors among vectors: rows and scores.
  private func searchVectors(_ corpus: String, _ queries: String) throws {
    let (rows, wanted) = (try NumPyFile(corpus), try NumPyFile(queries))
    guard rows.matrix.columns == wanted.matrix.columns else {
      throw FileError(
        "\(queries) has vectors of \(wanted.matrix.columns) numbers, \(corpus) of "
          + "\(rows.matrix.columns); both must be of one model")
    }
    guard rows.matrix.rows > 0 else { throw FileError("\(corpus) has no rows to look through") }
    let search = Search(
      rows.matrix, by: metric ?? .cosine, name: corpus,
      threads: EmbedderOptions(threads: model.threads).threads, cancelled: { Interrupt.requested })
    let output = try OutputFile(nil)
    // 256 MiB of queries at most.
    let size = max(1, min(1024, (1 << 26) / wanted.matrix.columns))
    for start in stride(from: 0, to: wanted.matrix.rows, by: size) {
      let part = Matrix(wanted.matrix.tensor.rows(start..<min(start + size, wanted.matrix.rows)))
      let found = try search.nearest(to: part, count: top, queriesName: queries, firstQuery: start)
      try rows.checkIntact()
      try wanted.checkIntact()
      let lines = found.enumerated().flatMap { offset, hits in
        JSONValue.object([
          ("query", .int(start + offset)), ("hits", .array(hits.map { $0.value(nil) })),
        ]).line
      }
      try output.write(lines)
    }
    try output.finish()
  }
}

extension Hit {
  /// As it is written: with the row's text, where that is known.
  func value(_ text: [UInt8]?) -> JSONValue {
    var members: [(String, JSONValue)] = [("row", .int(row)), ("score", .float(score))]
    if let text { members.append(("text", .string(String(decoding: text, as: UTF8.self)))) }
    return .object(members)
  }
}
