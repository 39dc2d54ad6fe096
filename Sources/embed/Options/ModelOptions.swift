import ArgumentParser
import Embeddings
import ModelFiles
import Tensors

/// Which model is meant.
struct ModelName: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model's directory or name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var model: String?

  /// The name that is given, here or in the environment; `nil` for the default.
  var asked: String? { model ?? ModelPlaces().variable("EMBED_MODEL") }

  /// Finds the model.
  func folder(_ messages: Messages = Messages(isQuiet: false)) throws -> String {
    try ModelFinder().folder(of: model, messages)
  }
}

/// How much a model reads at once, and what is said meanwhile.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compute N tokens at a time: changes speed and memory, never a vector.", valueName: "N"))
  var batchTokens: Int = 512

  @Option(
    help: ArgumentHelp(
      "Cut texts to N tokens, where that is fewer than the model's limit.", valueName: "N"))
  var maxLength: Int?

  @Flag(help: "Print errors only: no progress, no notices.")
  var quiet = false

  func validate() throws {
    if batchTokens < 1 { throw ValidationError("--batch-tokens must be at least 1") }
    if let maxLength, maxLength < 1 { throw ValidationError("--max-length must be at least 1") }
  }

  func options(_ precision: Precision, threads: Int?) -> EmbedderOptions {
    EmbedderOptions(
      threads: threads, batchTokens: batchTokens, maximumLength: maxLength,
      precision: .init(precision))
  }
}

/// The options of every command that runs a model.
struct ModelOptions: ParsableArguments {
  @OptionGroup var name: ModelName

  @Option(
    help: ArgumentHelp(
      "Compute in this precision: f32 is exact, the others are faster.", valueName: "PRECISION"))
  var precision: Precision = .f32

  @Option(
    help: ArgumentHelp(
      "Use at most N threads (default: the processors that this process may use).", valueName: "N"))
  var threads: Int?

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  var maxLength: Int? { limits.maxLength }
  var messages: Messages { Messages(isQuiet: limits.quiet) }
  var threadCount: Int { EmbedderOptions(threads: threads).threads }

  /// A progress bar, unless nothing is to be printed.
  func progress(
    _ mode: ProgressMode = .auto, total: Int?, sharesTerminal: Bool = false
  ) -> Progress {
    Progress(limits.quiet ? .never : mode, total: total, sharesTerminal: sharesTerminal)
  }

  /// Finds the model and reads it.
  func load() throws -> Embedder {
    try precision.check()
    if let warning = precision.warning {
      messages.note("--precision \(precision.rawValue): \(warning)")
    }
    var options = limits.options(precision, threads: threads)
    options.modelName = name.asked
    return try Embedder(folder: name.folder(messages), options: options)
  }
}

extension Precision: ExpressibleByArgument {
  /// - Throws: for those that this machine cannot do.
  func check() throws {
    guard let obstacle else { return }
    throw FileError("--precision \(rawValue) is not available: \(obstacle); f32 always is")
  }
}
