import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed reduce`: a model whose vectors have fewer numbers.
struct Reduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A model whose vectors have fewer numbers: their principal components.",
    discussion: """
      Embeds texts like those that the model will be used for, finds the directions in which their \
      vectors differ most, and writes a copy of the model with one more module, a Dense that takes \
      vectors around their mean along these. Where the model's vectors have length 1, the new ones \
      have, too. Prints the share of the variance that is kept. sentence-transformers loads the \
      result.

        embed reduce --dimensions 128 --texts sentences.txt --output minilm-128
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("How many numbers a vector is to have.", valueName: "N"))
  var dimensions: Int

  @Option(
    help: ArgumentHelp(
      "Texts to learn from, many more than N; - is standard input.", valueName: "FILE"),
    completion: .file())
  var texts: String

  @Option(
    help: ArgumentHelp("The directory to make.", valueName: "DIR"), completion: .directory)
  var output: String

  @Flag(help: "Give every direction the same variance.")
  var whiten = false

  func validate() throws {
    if dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
  }

  func run() throws {
    let embedder = try model.load()
    let reduction = try ModelReduction(of: embedder, dimensions: dimensions, to: output)
    let read = try TextVectors(
      reading: format.reader([texts], model.messages), embedder, prompt.prepared(embedder), model)
    let (module, kept) = try reduction.write(fitting: read.vectors, whitened: whiten)
    let report = try OutputFile(nil)
    try report.write(
      Array(
        "\(output)/\(module)  \(dimensions) of \(embedder.dimension) dimensions, \(kept.percent) of the variance\n"
          .utf8))
    try report.finish()
  }
}

extension Double {
  /// A share as people write it.
  var percent: String { fixed(self * 100, 1) + " %" }
}
