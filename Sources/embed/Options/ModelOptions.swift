import ArgumentParser
import Embeddings
import ModelFiles
import Tensors

/// What every command that takes a model is told about it.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model directory, or a model's name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "How exactly to compute: f32 (CBLAS, the definition), bf16x3, bf16 or int8.",
      valueName: "PRECISION"))
  var precision: Precision = .f32

  @Option(
    help: ArgumentHelp(
      "Threads at most (default: the processors that this process may use).", valueName: "N"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Tokens that go through the model together: speed and memory, never a vector.",
      valueName: "N"))
  var batchTokens: Int = 512

  @Option(
    help: ArgumentHelp("Read fewer tokens of each text than the model would.", valueName: "N"))
  var maxLength: Int?

  @Flag(help: "No progress, no notices: errors only.")
  var quiet = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    if batchTokens < 1 { throw ValidationError("--batch-tokens must be at least 1") }
    if let maxLength, maxLength < 1 { throw ValidationError("--max-length must be at least 1") }
  }

  var messages: Messages { Messages(isQuiet: quiet) }

  /// Finds the model.
  func folder() throws -> String { try ModelFinder().folder(of: model, messages) }

  /// Finds the model and reads it.
  func load(threads: Int? = nil) throws -> Embedder {
    try precision.check()
    if let warning = precision.warning {
      messages.note("--precision \(precision.rawValue): \(warning)")
    }
    let options = EmbedderOptions(
      threads: threads ?? self.threads, batchTokens: batchTokens, maximumLength: maxLength,
      precision: .init(precision))
    return try Embedder(folder: folder(), options: options)
  }
}

extension Precision: ExpressibleByArgument {
  /// - Throws: for those that this machine cannot do.
  func check() throws {
    guard let obstacle else { return }
    throw FileError("--precision \(rawValue) cannot be had: \(obstacle); f32 always can")
  }
}
