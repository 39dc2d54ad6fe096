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
        embed plot sentences.txt --vectors sentences.npy --output sentences.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var saved: VectorsOption
  @OptionGroup var prompt: PromptOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the picture to this file.", valueName: "FILE.svg"),
    completion: .file())
  var output: String

  func validate() throws {
    try OutputEnding.check("--output", output, only: "svg")
    try saved.check(input.files, nil, prompt)
  }

  func run() throws {
    let destination = try Destination(output)
    try destination.refuse(
      inputs: saved.paths(input.files) + [saved.vectors].compactMap { $0 })
    try destination.tryOut()
    let rows = try saved.rows(input.files, input.format, prompt, model)
    let picture = try ScatterPlot(rows.vectors, threads: model.threadCount).svg(rows.names)
    try rows.checkIntact()
    try OutputFile.write(picture, to: output)
  }
}
