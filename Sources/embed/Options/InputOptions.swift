import ArgumentParser

/// Where texts come from, and how they lie there.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Files of texts; none, or -, is standard input.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var format: FormatOptions

  /// Opens the input; a terminal is told that it is waited for.
  func reader(_ messages: Messages) throws -> RowReader { try format.reader(files, messages) }
}

/// How texts lie in files.
struct FormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How texts lie in the files: lines, jsonl, csv or tsv (default: by the file's ending; "
        + "standard input is lines).", valueName: "FORMAT"))
  var input: InputFormat?

  @Option(help: ArgumentHelp("The member or column that holds the text.", valueName: "NAME"))
  var field: String = "text"

  /// Opens files of texts; a terminal is told that it is waited for.
  func reader(_ files: [String], _ messages: Messages) throws -> RowReader {
    let reader = try RowReader(files, format: input, field: field)
    if reader.readsTerminal {
      messages.note("waiting for text on standard input, a line each; end it with ctrl-D")
    }
    return reader
  }
}

extension InputFormat: ExpressibleByArgument {}
