import ArgumentParser
import Embeddings

/// `embed reduce`: a model with shorter vectors.
struct Reduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model with fewer dimensions, by principal component analysis.",
    discussion: """
      Embeds texts like those that the model will be used for, computes the principal components \
      of their vectors, and writes a copy of the model with a Dense module more, which projects \
      vectors on to these. Where the model's vectors have length 1, the new ones have too. Prints \
      the share of the variance that is kept. sentence-transformers loads the result.

        embed reduce --dimensions 128 --texts sentences.txt --output minilm-128
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp(
      "Learn from these texts, many more than N; - is standard input.", valueName: "FILE"),
    completion: .file())
  var texts: String

  @OptionGroup var reduction: ReductionOptions

  func run() throws {
    let (dimensions, output) = (reduction.dimensions, reduction.output)
    let embedder = try model.load()
    let writer = try ModelReduction(of: embedder, dimensions: dimensions, to: output)
    let read = try TextVectors(
      reading: format.reader([texts], model.messages), embedder, prompt.route(embedder), model)
    let (module, kept) = try writer.write(fitting: read.vectors, whitened: reduction.whiten)
    let line =
      "\(output)/\(module)  \(dimensions) of \(embedder.dimension) dimensions, "
      + "\(kept.percent) of the variance\n"
    try OutputFile.write(Array(line.utf8))
  }
}
