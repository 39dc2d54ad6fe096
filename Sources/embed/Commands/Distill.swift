import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed distill`: a static model out of a transformer.
struct Distill: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A static model out of a transformer: a vector for each token, and their mean.",
    discussion: """
      Each token of the vocabulary goes through the model as a text of its own; principal components \
      make its vector shorter, and a weight a / (a + p) makes frequent tokens count less: p is a \
      token's share of the tokens in --texts (a = 0.001), or what Zipf's law gives its place in the \
      vocabulary (a = 0.00003). The result is some seventy times as fast as the model and less \
      exact; sentence-transformers loads it.

        embed distill --dimensions 192 --whiten --texts sentences.txt --output minilm-static
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var format: FormatOptions

  @Option(help: ArgumentHelp("How many numbers a vector is to have.", valueName: "N"))
  var dimensions: Int

  @Option(
    help: ArgumentHelp("The directory to make.", valueName: "DIR"), completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Texts to count tokens in; - is standard input.", valueName: "FILE"),
    completion: .file())
  var texts: String?

  @Flag(help: "Give every direction the same variance.")
  var whiten = false

  func validate() throws {
    if dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
  }

  func run() throws {
    let embedder = try model.load()
    var distillation = try Distillation(of: embedder, dimensions: dimensions, to: output)
    if let texts { try count(texts, &distillation) }
    let vectors = try vectors(distillation)
    let (kept, bytes) = try distillation.write(vectors, whitened: whiten)
    let report = try OutputFile(nil)
    try report.write(
      Array(
        "\(output)  \(distillation.tokenCount) tokens, \(dimensions) dimensions, \(kept.percent) of the variance, \(fixed(Double(bytes) / 1e6, 1)) MB\n"
          .utf8))
    try report.finish()
  }

  /// Counts the tokens of all texts.
  private func count(_ file: String, _ distillation: inout Distillation) throws {
    var reader = try format.reader([file], model.messages)
    while true {
      let rows = try reader.next(upTo: 4096, bytes: 8 << 20)
      if Interrupt.requested { throw CancellationError() }
      try distillation.count(
        rows.map { row in
          guard let text = row.text else { throw FileError(row.problem ?? "\(row.place)") }
          return text
        })
      if rows.isEmpty { return }
    }
  }

  /// The vectors of all tokens.
  private func vectors(_ distillation: Distillation) throws -> Matrix {
    let count = distillation.tokenCount
    var progress = Progress(model.quiet ? .never : .auto, total: count)
    let parts = try stride(from: 0, to: count, by: 4096).map { start in
      let end = min(start + 4096, count)
      defer { progress.update(rows: end, bytes: end) }
      return try distillation.vectors(start..<end) { Interrupt.requested }
    }
    progress.erase()
    return Matrix(Tensor.stacked(parts))
  }
}
