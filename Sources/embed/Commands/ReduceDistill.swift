import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed reduce`: a model with shorter vectors.
struct Reduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Write a model with fewer dimensions, by principal component analysis.",
    discussion: """
      Embeds texts like those that the model will be used for, computes the principal components \
      of their vectors, and writes a copy of the model with a Dense module more, which projects \
      vectors on to these. Where the model's vectors have length 1, the new ones have too. Prints \
      the share of the variance that is kept. sentence-transformers loads the result.

        embed reduce --dimensions 128 --texts sentences.txt --output minilm-128
        embed reduce --dimensions 128 --vectors sentences.npy --output minilm-128
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp(
      "Learn from these texts, many more than N; - is standard input.", valueName: "FILE"),
    completion: .file())
  var texts: String?

  @Option(
    help: ArgumentHelp(
      "Learn from the model's vectors in this file, as encode --output wrote it; --texts then makes "
        + "sure that they are of these.", valueName: "FILE.npy"), completion: .file())
  var vectors: String?

  @OptionGroup var reduction: ReductionOptions

  func validate() throws {
    guard texts != nil || vectors != nil else {
      throw ValidationError("give --texts FILE, or the --vectors FILE.npy of such texts")
    }
    if let texts { try format.checkUse([texts]) }
  }

  func run() throws {
    let (dimensions, output) = (reduction.dimensions, reduction.output)
    let embedder = try model.load()
    let writer = try ModelReduction(of: embedder, dimensions: dimensions, to: output) {
      Interrupt.requested
    }
    let (module, kept) = try writer.write(
      fitting: learned(embedder), whitened: reduction.whiten)
    let line =
      "\(output)/\(module)  \(dimensions) of \(embedder.dimension) dimensions, "
      + "\(kept.percent) of the variance\n"
    try OutputFile.write(Array(line.utf8))
  }

  /// The vectors to learn from.
  private func learned(_ embedder: Embedder) throws -> Matrix {
    let route = try prompt.route(embedder)
    let reader = try texts.map { try format.reader([$0], model.messages) }
    guard let vectors else {
      guard let reader else { preconditionFailure("neither texts nor vectors") }
      return try TextVectors(reading: reader, embedder, route, model).vectors
    }
    let stored = try StoredVectors(vectors, kind: .dense)
    var rows = reader
    let treatment = try stored.treatment(
      vectors, by: .dense(embedder), route, model, texts: rows?.allTexts())
    guard !stored.isQuantized, treatment.options.isEmpty,
      case .rows(let matrix) = try stored.results(vectors)
    else {
      throw FileError(
        "\(vectors) has other vectors than the model gives (--quantize, --dimensions or --normalize); "
          + "make them again without these")
    }
    try matrix.checkLengths(vectors)
    return matrix
  }
}

/// `embed distill`: a static model made from a transformer.
struct Distill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Write a static model made from a transformer: one vector for each token.",
    discussion: """
      Each token of the vocabulary is embedded as a text of its own. Principal component analysis \
      shortens its vector, and a weight a / (a + p) makes frequent tokens count less: p is the \
      token's share of the tokens in --texts (a = 0.001) or, without them, what Zipf's law expects \
      at its position in the vocabulary (a = 0.00003). A text's vector is the mean of its tokens' \
      vectors: some seventy times as fast as the model, and less exact. sentence-transformers \
      loads the result.

        embed distill --dimensions 192 --texts sentences.txt --output minilm-static
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var format: FormatOptions

  @Option(
    help: ArgumentHelp("Count tokens in these texts; - is standard input.", valueName: "FILE"),
    completion: .file())
  var texts: String?

  @OptionGroup var reduction: ReductionOptions

  func validate() throws {
    if let texts { try format.checkUse([texts]) }
  }

  func run() throws {
    let embedder = try model.load()
    var distillation = try Distillation(
      of: embedder, dimensions: reduction.dimensions, to: reduction.output
    ) { Interrupt.requested }
    if let texts {
      var reader = try format.reader([texts], model.messages)
      try distillation.count([])
      while let rows = try reader.window() {
        try distillation.count(rows.map { try $0.requiredText() })
      }
    }
    let (kept, bytes) = try distillation.write(vectors(distillation), whitened: reduction.whiten)
    let line =
      "\(reduction.output)  \(distillation.tokenCount) tokens, \(reduction.dimensions) dimensions, "
      + "\(kept.percent) of the variance, \(fixed(Double(bytes) / 1e6, 1)) MB\n"
    try OutputFile.write(Array(line.utf8))
  }

  /// The vectors of all tokens.
  private func vectors(_ distillation: Distillation) throws -> Matrix {
    let count = distillation.tokenCount
    var progress = model.progress(total: count)
    let parts = try stride(from: 0, to: count, by: 4096).map { start in
      let end = min(start + 4096, count)
      defer { progress.update(rows: end, bytes: end) }
      return try distillation.vectors(start..<end) { Interrupt.requested }
    }
    progress.erase()
    return Matrix(Tensor.stacked(parts))
  }
}
