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

  func validate() throws { try format.checkUse(files) }

  /// The files; `-` where there are none.
  var paths: [String] { files.isEmpty ? ["-"] : files }

  /// Opens the input; a terminal gets a notice that text is expected.
  func reader(_ messages: Messages) throws -> RowReader { try format.reader(files, messages) }
}

/// Which rows results are of, and what they keep of these.
struct FieldsOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Take only rows whose member or column FIELD is VALUE; of several all must hold.",
      valueName: "FIELD=VALUE"),
    transform: { words in
      guard let condition = RowCondition(words) else {
        throw ValidationError("should be FIELD=VALUE")
      }
      return condition
    })
  var conditions: [RowCondition] = []

  /// The rows that count; `nil` where all do.
  var filter: RowFilter? { RowFilter(conditions) }

  @Option(
    help: ArgumentHelp(
      "Begin each result with these members or columns of its row, A,B; none of an empty list "
        + "(default: all of at most 1,024 bytes).", valueName: "NAMES"))
  var fields: String?

  /// Whether the rows' own members are asked for.
  var areGiven: Bool { fields != nil || !conditions.isEmpty }

  /// - Parameter ours: the members that results have themselves, beside the text
  func members(ours: ReservedFields, of format: FormatOptions) -> KeptMembers {
    let names = fields?.split(separator: ",").map { String($0.drop { $0 == " " }) }
    return KeptMembers(names, ours: ours, text: format.fieldNames)
  }
}

/// The format of files of texts.
struct FormatOptions: ParsableArguments {
  @OptionGroup var bytes: ByteOptions

  @Option(
    help: ArgumentHelp(
      "Take the text from this field or column (default: text); join several, A,B, with line feeds; "
        + "go into objects, A.B.", valueName: "NAME"))
  var field: String?

  /// What holds the text.
  var fieldNames: FieldNames { field.map(FieldNames.init) ?? .standard }

  /// The format of texts that `--calibration` names: by their own ending.
  var calibration: TextFormat { TextFormat(encoding: bytes.encoding) }

  /// Opens files of texts; a terminal gets a notice that text is expected.
  func reader(_ files: [String], _ messages: Messages) throws -> RowReader {
    let reader = try RowReader(files, as: bytes.format, field: fieldNames, messages: messages)
    if reader.readsTerminal {
      messages.note("waiting for text on standard input, a line each; end it with ctrl-D")
    }
    return reader
  }

  /// Refuses options that these files have no use for.
  func checkUse(_ files: [String]) throws {
    let files = files.isEmpty ? ["-"] : files
    if bytes.input == .files, files.contains("-") {
      throw ValidationError(
        "--input files takes each FILE as one text; standard input is none, name files")
    }
    let formats = files.map { bytes.format.resolved($0, fallback: .lines).kind }
    if field != nil, !formats.contains(where: \.hasFields) {
      let name = InputFile.name(files[0])
      throw ValidationError(
        bytes.input == .files
          ? "--field has no effect on --input files, where all of a file is the text"
          : "--field has no effect on lines, as which \(name) is read; say --input jsonl, json, csv "
            + "or tsv")
    }
    if bytes.delimiter != nil, bytes.input == nil,
      let file = files.first(where: { [.jsonl, .json].contains(InputFormat(ending: $0)) })
    {
      throw ValidationError("--delimiter is for csv, \(file) is JSON; leave it out")
    }
  }
}

/// How bytes become rows: what all readers of texts and tables share.
struct ByteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read this format (default: by the file's ending and first bytes; standard input is lines). "
        + "json: arrays, or objects over several lines. files: each file is one text.",
      valueName: "FORMAT"))
  var input: InputFormat?

  @Option(
    help: ArgumentHelp(
      "Separate the cells of csv by this character, or tab (default: by the header).",
      valueName: "C"), transform: Delimiter.named)
  var delimiter: UInt8?

  @Option(
    help: ArgumentHelp(
      "Read text in this encoding: utf-8, latin1, windows-1252, utf-16 or another that iconv knows "
        + "(default: utf-8).", valueName: "NAME"), transform: TextEncoding.named)
  var encoding: TextEncoding = .utf8

  func validate() throws {
    if delimiter != nil, let input, input != .csv {
      throw ValidationError(
        "--delimiter is for csv, not for --input \(input.rawValue); say --input csv, or leave it out"
      )
    }
  }

  /// Whether the user said any of it.
  var isGiven: Bool { input != nil || delimiter != nil || !encoding.isUTF8 }

  var format: TextFormat { TextFormat(format: input, delimiter: delimiter, encoding: encoding) }
}

/// The format of a table, of which several columns are read.
struct TableFormatOptions: ParsableArguments {
  @OptionGroup var bytes: ByteOptions

  func validate() throws {
    if let input = bytes.input, !input.hasFields {
      throw ValidationError(
        "--input \(input.rawValue) has no columns; a table is csv, tsv, jsonl or json")
    }
  }

  var format: TextFormat { bytes.format }
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

  func route(_ embedder: Embedder) throws -> Route { try route(embedder.model) }

  /// The route of texts through a model of any kind.
  func route(_ model: TextModel) throws -> Route {
    if let name = asked.promptName { return try model.route(named: name) }
    return try model.route(prompt: noPrompt ? "" : asked.prompt)
  }
}
