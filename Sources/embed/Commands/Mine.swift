import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed mine`: the closest pairs inside one corpus.
struct Mine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The closest pairs inside one corpus: paraphrases, duplicates.",
    discussion: """
      Each pair once, by falling score, equal scores in the order of rows. A pair counts when one \
      of its texts is among the 100 nearest of the other (--neighbours), as paraphrase_mining of \
      sentence-transformers has it.

        embed mine --threshold 0.9 < sentences.txt
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("How many pairs at most.", valueName: "N"))
  var top: Int = 500_000

  @Option(help: ArgumentHelp("Only pairs with this score at least.", valueName: "T"))
  var threshold: Float?

  @Option(help: ArgumentHelp("How many of each text's nearest are looked at.", valueName: "N"))
  var neighbours: Int = 100

  @Option(
    help: ArgumentHelp("Cosine, dot, euclidean or manhattan.", valueName: "METRIC"),
    transform: Similarity.named)
  var metric: Similarity = .cosine

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if neighbours < 1 { throw ValidationError("--neighbours must be at least 1") }
    if threshold?.isNaN == true { throw ValidationError("--threshold must be a number") }
  }

  func run() throws {
    let embedder = try model.load()
    let read = try TextVectors(
      reading: input.reader(model.messages), embedder, prompt.prepared(embedder), model)
    let pairs = try Mining.pairs(
      of: read.vectors, by: metric, perRow: min(neighbours, read.texts.count), most: top,
      atLeast: threshold ?? -.infinity, name: "the texts", threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested })
    let output = try OutputFile(nil)
    func side(_ row: Int) -> JSONValue {
      .object([
        ("row", .int(row)), ("text", .string(String(decoding: read.texts[row], as: UTF8.self))),
      ])
    }
    for start in stride(from: 0, to: pairs.count, by: 4096) {
      let lines = pairs[start..<min(start + 4096, pairs.count)].flatMap { pair in
        JSONValue.object([
          ("score", .float(pair.score)), ("a", side(pair.first)), ("b", side(pair.second)),
        ]).line
      }
      try output.write(lines)
    }
    try output.finish()
  }
}
