import ArgumentParser

/// The files that texts are read from.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Read texts from files; from standard input without any, or for -.",
      valueName: "FILE"),
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
