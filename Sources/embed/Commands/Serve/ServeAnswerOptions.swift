import ArgumentParser
import Serving

/// What a server answers where a request does not say.
struct ServeAnswerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let requests call the first model so, too; may be given several times, * is any name.",
      valueName: "NAME"))
  var servedName: [String] = []

  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp(
      "Cut texts over the limit, refuse them, or embed them in chunks, where a request does not say. "
        + "Those that were cut are named in x-embed-truncated.", valueName: "cut|error|chunk"))
  var long: LongTexts = .cut

  @Option(
    help: ArgumentHelp(
      "Take lists of integers for token ids of the model (default: model), with its special tokens "
        + "around them, for those of a table in tiktoken's format, or refuse them.",
      valueName: "model|refuse|FILE"), completion: .file(), transform: Self.tokenIDs)
  var tokenIds: ServeOptions.TokenIDs = .model

  func validate() throws {
    if servedName.contains("") { throw ValidationError("--served-name is empty; give a name") }
  }

  private static func tokenIDs(_ word: String) throws -> ServeOptions.TokenIDs {
    switch word {
    case "model": return .model
    case "refuse": return .refuse
    case let file where file.hasSuffix(".tiktoken"): return .table(file)
    default:
      throw ValidationError("should be model, refuse, or a file whose name ends in .tiktoken")
    }
  }

  func apply(to options: inout ServeOptions) {
    options.servedNames = servedName
    (options.promptName, options.prompt) = (prompt.asked.promptName, prompt.asked.prompt)
    options.hasNoPrompt = prompt.noPrompt
    options.long = ServeOptions.LongTexts(rawValue: long.rawValue) ?? .cut
    options.tokenIDs = tokenIds
  }
}
