import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed mine`: the closest pairs of one corpus.
struct Mine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mine",
    abstract: "Find the closest pairs of texts in one corpus: paraphrases, duplicates.",
    discussion: """
      Prints each pair once, the highest score first, and equal scores in the order of rows. A \
      pair is found when one of its texts is among the 100 nearest of the other (--neighbours), \
      as in sentence-transformers' paraphrase_mining.

        embed mine --threshold 0.9 < sentences.txt
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("Print at most N pairs.", valueName: "N"))
  var top: Int = 500_000

  @Option(help: ArgumentHelp("Print only pairs whose score is at least T.", valueName: "T"))
  var threshold: Float?

  @Option(help: ArgumentHelp("Look at the N nearest texts of each text.", valueName: "N"))
  var neighbours: Int = 100

  @Option(
    help: ArgumentHelp("Compare by cosine, dot, euclidean or manhattan.", valueName: "METRIC"),
    transform: Similarity.named)
  var metric: Similarity = .cosine

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if neighbours < 1 { throw ValidationError("--neighbours must be at least 1") }
    if let threshold { try metric.check(threshold: threshold) }
  }

  func run() throws {
    let embedder = try model.load()
    let read = try TextVectors(
      reading: input.reader(model.messages), embedder, prompt.route(embedder), model)
    let pairs = try Mining.pairs(
      of: read.vectors, by: metric, perRow: min(neighbours, read.texts.count), most: top,
      atLeast: threshold ?? -.infinity, name: "the texts", threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested })
    let output = try OutputFile(nil)
    func side(_ row: Int) -> JSONValue { ["row": .int(row), "text": .utf8(read.texts[row])] }
    try output.write(lines: pairs.count) { index in
      let pair = pairs[index]
      return ["score": .float(pair.score), "a": side(pair.first), "b": side(pair.second)]
    }
    try output.finish()
  }
}
