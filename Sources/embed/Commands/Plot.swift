import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed plot`: texts as points in a picture.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw texts as points, by their first two principal components.",
    discussion: """
      Writes an SVG file, which any browser shows: similar texts are close together. Labels that \
      would cover each other are left out; hovering over a point shows its text.

        embed plot sentences.txt --output sentences.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the picture to this file.", valueName: "FILE.svg"),
    completion: .file())
  var output: String

  func validate() throws { try OutputEnding.check("--output", output, only: "svg") }

  func run() throws {
    let destination = try Destination(output)
    try destination.refuse(inputs: input.paths)
    try destination.tryOut()
    let embedder = try model.load()
    let read = try TextVectors(
      reading: input.reader(model.messages), embedder, prompt.route(embedder), model)
    let picture = try ScatterPlot(read.vectors, threads: embedder.model.options.threads)
      .svg(read.texts.map { String(decoding: $0, as: UTF8.self) })
    try OutputFile.write(picture, to: output)
  }
}
