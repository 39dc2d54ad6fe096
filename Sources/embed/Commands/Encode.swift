import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed encode`: texts in, vectors out.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Texts in, vectors out.",
    discussion: """
      Row n of the output is row n of the input; rows leave as soon as they are ready. JSON lines \
      keep the members that came with them.

        embed encode < sentences.txt > vectors.jsonl
        embed encode articles.jsonl --field body --output articles.npy
        embed encode articles.jsonl --field body --output articles.npy --resume
        embed encode articles.jsonl --field body --output articles.u8 --quantize ubinary
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp(
      "A text over the limit: cut it, error, or chunk.",
      discussion:
        "chunk reads all of it, in chunks of the limit, each behind the prompt and with special "
        + "tokens of its own, and gives the mean of their vectors, each weighted by the chunk's "
        + "tokens, the prompt's among them but not the special ones; at length 1 again where the "
        + "model ends with Normalize.",
      valueName: "cut|error|chunk"))
  var long: LongTexts = .cut

  @Option(
    help: ArgumentHelp(
      "A row that cannot be read: stop there, or null and the reason in its place.",
      valueName: "stop|null"))
  var onError: UnreadableRows = .stop

  @Option(help: ArgumentHelp("Keep only the first N numbers of each vector.", valueName: "N"))
  var dimensions: Int?

  @Flag(help: "Bring each vector to length 1.")
  var normalize = false

  @Option(help: ArgumentHelp("Show how far it is: auto, always, never.", valueName: "WHEN"))
  var progress: ProgressMode = .auto

  func validate() throws {
    if let dimensions, dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
    if onError == .null, !output.resolvedFormat.supportsMissingRows {
      throw ValidationError(
        "--on-error null needs --format jsonl: \(output.resolvedFormat.rawValue) has numbers only")
    }
  }

  func run() throws {
    let embedder = try model.load()
    if let dimensions, dimensions > embedder.dimension {
      throw FileError(
        "--dimensions \(dimensions) is more than the \(embedder.dimension) numbers of a vector")
    }
    let steps = EncodeSteps(
      embedder: embedder, prompt: try prompt.prepared(embedder), long: long, onError: onError,
      kept: dimensions, normalizes: normalize)
    var run = try EncodeRun(steps, self, input.reader(model.messages))
    try run.toTheEnd()
  }
}

/// What becomes of a text that is longer than the model reads.
enum LongTexts: String, CaseIterable, ExpressibleByArgument {
  case cut, error, chunk
}

/// What becomes of a row that cannot be read.
enum UnreadableRows: String, CaseIterable, ExpressibleByArgument {
  case stop, null
}

extension ProgressMode: ExpressibleByArgument {}
