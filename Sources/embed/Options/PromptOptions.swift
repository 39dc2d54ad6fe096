import ArgumentParser
import Embeddings

/// What goes before each text.
struct PromptOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put the model's prompt of that name first: query, document, or one of its own.",
      valueName: "NAME"))
  var promptName: String?

  @Option(help: ArgumentHelp("Put this text first.", valueName: "TEXT"))
  var prompt: String?

  @Flag(help: "Leave out the prompt that the model would put first by itself.")
  var noPrompt = false

  func validate() throws {
    let said = [promptName != nil, prompt != nil, noPrompt].filter { $0 }.count
    guard said <= 1 else {
      throw ValidationError("--prompt-name, --prompt and --no-prompt exclude each other")
    }
  }

  func prepared(_ embedder: Embedder) throws -> Route {
    if let promptName { return try embedder.model.route(named: promptName) }
    return try embedder.model.route(prompt: noPrompt ? "" : prompt)
  }
}
