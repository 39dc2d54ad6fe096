import ArgumentParser
import Embeddings
import ModelFiles

/// What every command that takes a model is told about it.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model directory, or a model's name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"))
  var model: String?

  @Option(help: ArgumentHelp("How exactly to compute: f32.", valueName: "PRECISION"))
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

  /// Finds the model and reads it.
  func load(threads: Int? = nil) throws -> Embedder {
    try precision.check()
    return try Embedder(
      folder: ModelFinder().folder(of: model),
      options: EmbedderOptions(
        threads: threads ?? self.threads, batchTokens: batchTokens, maximumLength: maxLength))
  }
}

/// How exactly a model is computed.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case f32, bf16x3, bf16, int8

  /// - Throws: for those that this build cannot do.
  func check() throws {
    guard self == .f32 else {
      throw FileError("--precision \(rawValue) is not in this build; f32 is")
    }
  }
}
