import ArgumentParser
import Embeddings
import ModelFiles
import Tensors

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
    var options = EmbedderOptions(
      threads: threads, batchTokens: batchTokens, maximumLength: maxLength,
      precision: .init(precision))
    options.findingBase = ModelFinder.base(Messages(isQuiet: quiet))
    return options
  }
}

/// How models are run, whichever they are.
struct ComputeOptions: ParsableArguments {
  @Option(
    name: .customLong("precision"),
    help: ArgumentHelp(
      "Compute in this precision: f32 is exact, the others are faster.",
      discussion:
        "auto is f32, or bf16x3 where that is faster and as good; inspect says which it is here.",
      valueName: "PRECISION"), completion: .list(PrecisionChoice.names))
  private var precisionChoice = PrecisionChoice(.f32)

  @Option(
    help: ArgumentHelp(
      "Use at most N threads (default: the processors that this process may use).", valueName: "N"))
  var threads: Int?

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  var precision: Precision { precisionChoice.precision }
  var messages: Messages { Messages(isQuiet: limits.quiet) }
  var threadCount: Int { EmbedderOptions(threads: threads).threads }
  var options: EmbedderOptions { limits.options(precision, threads: threads) }

  /// Throws for a precision that this machine cannot do, and says where it does not pay.
  func checkPrecision() throws {
    try precision.check()
    if let warning = precision.warning {
      messages.note("--precision \(precision.rawValue): \(warning)")
    }
  }

  /// Reads a model, and says what is to be said of it.
  func read(_ folder: String, _ options: EmbedderOptions) throws -> TextModel {
    let model = try TextModel(folder: folder, options: options)
    if let notice = model.notice { messages.note(notice) }
    return model
  }
}

/// A precision by its name, or the fastest that is as good as float32.
struct PrecisionChoice: ExpressibleByArgument {
  private static let automatic = "auto"
  static let names = Precision.allCases.map(\.rawValue) + [automatic]
  static var allValueStrings: [String] { names }

  /// `nil` for `auto`.
  private let named: Precision?

  init(_ precision: Precision) { named = precision }

  init?(argument: String) {
    named = Precision(rawValue: argument)
    if named == nil && argument != Self.automatic { return nil }
  }

  var defaultValueDescription: String { named?.rawValue ?? Self.automatic }

  /// What it is on this processor: that is what records hold.
  var precision: Precision { named ?? AutomaticPrecision.found }
}

extension Precision {
  /// - Throws: for those that this machine cannot do.
  func check() throws {
    guard let obstacle else { return }
    throw FileError("--precision \(rawValue) is not available: \(obstacle); f32 always is")
  }
}
