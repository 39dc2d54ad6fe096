import ArgumentParser
import Embeddings

/// The files that texts are read from.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Read texts from files; from standard input without any, or for -.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var format: FormatOptions

  /// Opens the input; a terminal gets a notice that text is expected.
  func reader(_ messages: Messages) throws -> RowReader { try format.reader(files, messages) }
}

/// The format of files of texts.
struct FormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read this format (default: by the file's ending; standard input is lines).",
      valueName: "FORMAT"))
  var input: InputFormat?

  @Option(help: ArgumentHelp("Take the text from this field or column.", valueName: "NAME"))
  var field: String = "text"

  /// Opens files of texts; a terminal gets a notice that text is expected.
  func reader(_ files: [String], _ messages: Messages) throws -> RowReader {
    let reader = try RowReader(files, format: input, field: field)
    if reader.readsTerminal {
      messages.note("waiting for text on standard input, a line each; end it with ctrl-D")
    }
    return reader
  }
}

extension InputFormat: ExpressibleByArgument {}

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
