import ArgumentParser
import Embeddings

/// A prompt that the user asks for.
struct PromptName: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put the model's prompt of this name before each text: query, document, or one of its own.",
      valueName: "NAME"))
  var promptName: String?

  @Option(help: ArgumentHelp("Put TEXT before each text.", valueName: "TEXT"))
  var prompt: String?

  func validate() throws {
    guard promptName == nil || prompt == nil else {
      throw ValidationError("--prompt-name and --prompt exclude each other; give one of them")
    }
  }
}

/// What is put before each text.
struct PromptOptions: ParsableArguments {
  @OptionGroup var asked: PromptName

  @Flag(help: "Leave out the model's default prompt.")
  var noPrompt = false

  func validate() throws {
    guard !noPrompt || asked.promptName == nil && asked.prompt == nil else {
      throw ValidationError(
        "--no-prompt excludes --prompt-name and --prompt; give one of the three")
    }
  }

  func route(_ embedder: Embedder) throws -> Route {
    if let name = asked.promptName { return try embedder.model.route(named: name) }
    return try embedder.model.route(prompt: noPrompt ? "" : asked.prompt)
  }
}
