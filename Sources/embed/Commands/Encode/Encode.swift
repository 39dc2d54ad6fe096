import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed encode`: vectors of texts.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Turn texts into vectors.",
    discussion: """
      Row n of the output belongs to row n of the input, and rows are written as soon as they are \
      ready. JSON lines keep their other fields. A sparse model gives indices and numbers; a \
      late-interaction model a vector for each token, which go to npy one below the other, with \
      their number for each text in FILE.lengths.npy.

        embed encode < sentences.txt > vectors.jsonl
        embed encode articles.jsonl --field body --output articles.npy
        embed encode articles.jsonl --field body --output articles.npy --resume
        embed encode articles.jsonl --field body --output x.u8 --quantize ubinary
        embed encode -m opensearch-neural-sparse articles.jsonl --field body --sparse tokens
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var prompt: PromptOptions
  @OptionGroup var kinds: VectorKindOptions

  @Option(
    help: ArgumentHelp(
      "Cut texts over the limit, stop with an error, or embed them in chunks.",
      discussion:
        "chunk splits a text into chunks of the limit, each with the prompt and special tokens, "
        + "and gives the mean of their vectors, weighted by the chunks' tokens without the special "
        + "ones; normalized again where the model ends with Normalize.",
      valueName: "cut|error|chunk"))
  var long: LongTexts = .cut

  @Option(
    help: ArgumentHelp(
      "Stop at a row that cannot be read or has no finite vector, or write null and the error for it.",
      valueName: "stop|null"))
  var onError: UnreadableRows = .stop

  @Option(help: ArgumentHelp("Keep only the first N dimensions of each vector.", valueName: "N"))
  var dimensions: Int?

  @Flag(help: "Scale each vector to length 1.")
  var normalize = false

  @Option(help: ArgumentHelp("Show a progress bar.", valueName: "WHEN"))
  var progress: ProgressMode = .auto

  func validate() throws {
    if let dimensions, dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
    if onError == .null, !output.resolvedFormat.supportsMissingRows {
      throw ValidationError(
        "--on-error null needs --format jsonl; \(output.resolvedFormat.rawValue) has numbers only")
    }
  }

  func run() throws {
    let destination = try Destination(output.output)
    try destination.refuse(inputs: input.paths + [output.calibration].compactMap { $0 })
    let vectorModel = try VectorModel(model.textModel(poolFactor: kinds.poolFactor))
    let route = try prompt.route(vectorModel.model)
    try check(vectorModel, route)
    if let dimensions, dimensions > vectorModel.width {
      throw FileError(
        "--dimensions is \(dimensions), should be at most \(vectorModel.width), the model's")
    }
    let steps = EncodeSteps(
      model: vectorModel, route: route, long: long, onError: onError,
      treatment: VectorTreatment(dimensions: dimensions, normalizes: normalize),
      mostActive: kinds.maxActive, isDense: kinds.dense)
    let older = try unfinished(destination)
    var run = try EncodeRun(steps, self, input.reader(model.messages))
    if let older {
      model.messages.note(
        "\(older), of a run that did not end, is replaced; with --resume it would be gone on with")
    }
    try run.toTheEnd()
  }

  /// The part that an earlier run left, whose rows are made again.
  private func unfinished(_ destination: Destination) throws -> String? {
    guard case .file(let file) = destination, !output.resume else { return nil }
    let part = PartialName(file).part
    let isThere = try fileExists(part) && fileExists(VectorsRecord.path(beside: part))
    return isThere ? part : nil
  }
}

/// What becomes of a text that is longer than the model reads.
enum LongTexts: String, CaseIterable, ExpressibleByArgument { case cut, error, chunk }

/// What becomes of a row that cannot be read or embedded.
enum UnreadableRows: String, CaseIterable, ExpressibleByArgument { case stop, null }

extension ProgressMode: ExpressibleByArgument {}
