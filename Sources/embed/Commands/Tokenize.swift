import ArgumentParser
import Embeddings
import ModelFiles
import Tokenizers

/// `embed tokenize`: token ids of texts.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Turn texts into token ids.",
    discussion: """
      Prints a line for each text: {"text":"…","ids":[…],"tokens":["…"]}, with special tokens, cut \
      to the model's limit. A prompt is put before the text only when one is named.

      --pairs prints what a reranker reads of each row's query and document, the model's default \
      prompt included: {"query":"…","document":"…","ids":[…],"types":[…],"tokens":["…"]}.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: PairInputOptions
  @OptionGroup var prompt: PromptOptions

  @Flag(help: "Take a query and a document from each row of csv, tsv or JSON lines.")
  var pairs = false

  @Option(help: ArgumentHelp("Read the pairs from these columns.", valueName: "A,B"))
  var columns: ColumnNames = .init(["query", "document"])

  func validate() throws {
    try columns.check(count: 2)
    if columns.areGiven, !pairs { throw ValidationError("--columns needs --pairs") }
    try input.check(pairs: pairs)
  }

  /// Only the files of the tokenizer are read: it works for models whose network is not known.
  func run() throws {
    try Destination(nil).refuse(inputs: input.paths)
    let folder = try ModelFolder(
      model.name.folder(model.messages), findingBase: ModelFinder.base(model.messages))
    var options = EmbedderOptions()
    options.kind = model.name.kind ?? (pairs ? .rerank : nil)
    options.task = model.name.adapter.task
    let tokenizer = try ModelTokenizer(
      model: folder, promptName: prompt.asked.promptName, options: options)
    let prompts = try Prompts(folder, options)
    let named = try prompt.asked.promptName.map { try prompts.text(named: $0) }
    let asked = prompt.noPrompt ? "" : named ?? prompt.asked.prompt
    try pairs
      ? tokenizePairs(tokenizer, prompt: Array((asked ?? prompts.standard ?? "").utf8))
      : tokenizeTexts(tokenizer, prompt: Array((asked ?? "").utf8))
  }

  private func tokenizeTexts(_ tokenizer: ModelTokenizer, prompt start: [UInt8]) throws {
    let limit = try tokenizer.limit(asked: model.maxLength, side: tokenizer.side)
    let tokens = tokenizer.tokenizer.tokensByID
    var reader = try input.format.reader(input.files, model.messages)
    let output = try OutputFile(nil)
    while let rows = try reader.window(bytes: 1 << 20) {
      var window = try TokenizedRows(rows, threads: model.threadCount) {
        try tokenizer.encoding(of: $0, prompt: start, limit: limit, side: tokenizer.side)
      }
      let problem = window.stopAtProblem()
      try output.write(lines: window.rows.count) { row in
        let ids = window.encodings[row].ids
        return [
          "text": .utf8(window.rows[row].text ?? []), "ids": .array(ids.map { .int(Int($0)) }),
          "tokens": .array(ids.map { token($0, tokens) }),
        ]
      }
      if let problem { throw problem }
    }
    try output.finish()
  }

  private func tokenizePairs(_ tokenizer: ModelTokenizer, prompt start: [UInt8]) throws {
    let limit = try tokenizer.pairLimit(asked: model.maxLength)
    let tokens = tokenizer.tokenizer.tokensByID
    var reader = try RowReader(pairs: input.files, as: input.format.bytes.format, columns: columns)
    let output = try OutputFile(nil)
    while let rows = try reader.window(bytes: 1 << 20) {
      var window = try TokenizedRows(pairs: rows, threads: model.threadCount) {
        try tokenizer.pairEncoding(of: $0, $1, prompt: start, limit: limit).encoding
      }
      let problem = window.stopAtProblem()
      try output.write(lines: window.rows.count) { row in
        let (encoding, fields) = (window.encodings[row], (try? window.rows[row].fields.get()) ?? [])
        return [
          "query": .utf8(fields.first ?? []), "document": .utf8(fields.last ?? []),
          "ids": .array(encoding.ids.map { .int(Int($0)) }),
          "types": .array(encoding.segments.map { .int(Int($0)) }),
          "tokens": .array(encoding.ids.map { token($0, tokens) }),
        ]
      }
      if let problem { throw problem }
    }
    try output.finish()
  }

  /// A token's bytes may be a part of a character, and JSON takes whole ones only.
  private func token(_ id: Int32, _ tokens: [Int32: [UInt8]]) -> JSONValue {
    .string(String(decoding: tokens[id] ?? [], as: UTF8.self))
  }
}

/// The files that texts, or pairs of them, are read from.
struct PairInputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Read texts from files; from standard input without any, or for -.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var format: FormatOptions

  /// The files; `-` where there are none.
  var paths: [String] { files.isEmpty ? ["-"] : files }

  /// Refuses options that these files have no use for.
  func check(pairs: Bool) throws {
    guard pairs else { return try format.checkUse(files) }
    if format.field != nil {
      throw ValidationError("--pairs reads two columns; name them with --columns A,B")
    }
    if let input = format.bytes.input, !input.hasFields {
      throw ValidationError(
        "--pairs reads csv, tsv, jsonl or json, not --input \(input.rawValue)")
    }
  }
}
