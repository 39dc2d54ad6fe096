import ArgumentParser
import Embeddings
import ModelFiles
import Tokenizers

/// `embed tokenize`: texts in, token ids out.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Texts in, token ids out.",
    discussion: """
      A line for each text: {"text":"…","ids":[…],"tokens":["…"]}, special tokens included, cut \
      to the model's limit. A prompt goes before the text only when one is named.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(help: ArgumentHelp("Put the model's prompt of that name first.", valueName: "NAME"))
  var promptName: String?

  @Option(help: ArgumentHelp("Put this text first.", valueName: "TEXT"))
  var prompt: String?

  func validate() throws {
    guard promptName == nil || prompt == nil else {
      throw ValidationError("--prompt-name and --prompt exclude each other")
    }
  }

  /// Only the files of the tokenizer are read: it works for models whose network is not known.
  func run() throws {
    let folder = try ModelFolder(model.folder())
    let tokenizer = try ModelTokenizer(model: folder, promptName: promptName)
    let limit = try tokenizer.limit(asked: model.maxLength)
    let named = try promptName.map { try Prompts(folder).text(named: $0) }
    let start = Array((named ?? prompt ?? "").utf8)
    let threads = EmbedderOptions(threads: model.threads).threads
    let tokens = tokenizer.tokenizer.tokensByID
    var reader = try input.reader(model.messages)
    let output = try OutputFile(nil)
    while true {
      let rows = try reader.next(upTo: 4096, bytes: 1 << 20)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { break }
      var window = try TokenizedRows(rows, threads: threads) {
        try tokenizer.encoding(of: start + $0, limit: limit)
      }
      let problem = window.stopAtProblem()
      var lines: [UInt8] = []
      for (row, encoding) in zip(window.rows, window.encodings) {
        let row: JSONValue = [
          "text": .utf8(row.text ?? []), "ids": .array(encoding.ids.map { .int(Int($0)) }),
          // Bytes of a piece may be part of a character; JSON takes whole ones only.
          "tokens": .array(
            encoding.ids.map { .string(String(decoding: tokens[$0] ?? [], as: UTF8.self)) }),
        ]
        lines += row.line
      }
      try output.write(lines)
      if let problem { throw problem }
    }
    try output.finish()
  }
}
