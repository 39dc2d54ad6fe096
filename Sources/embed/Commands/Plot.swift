import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed plot`: texts on a page.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Texts on a page, by their first two principal components.",
    discussion: """
      An SVG, which any browser shows: texts that are alike lie close together. Labels are left \
      out where they would cover each other; the pointer shows each text.

        embed plot sentences.txt --output sentences.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("Where the picture goes.", valueName: "FILE.svg"), completion: .file())
  var output: String

  func run() throws {
    let embedder = try model.load()
    let read = try TextVectors(
      reading: input.reader(model.messages), embedder, prompt.prepared(embedder), model)
    try ScatterPlot.check(read.vectors.rows)
    let picture = try ScatterPlot(read.vectors, threads: embedder.model.options.threads)
      .svg(read.texts.map { String(decoding: $0, as: UTF8.self) })
    try OutputFile.write(picture, to: output)
  }
}

extension ScatterPlot {
  // A dot is 150 bytes and its text, and no browser shows more in a moment.
  private static let mostPoints = 100_000

  /// Throws where there are too few or too many points for a picture.
  static func check(_ points: Int) throws {
    guard (2...mostPoints).contains(points) else {
      throw FileError("a picture of \(points) texts: there should be 2 to \(mostPoints)")
    }
  }
}

extension OutputFile {
  /// Writes a whole output at once.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let output = try OutputFile(path)
    try output.write(bytes)
    try output.finish()
  }
}
