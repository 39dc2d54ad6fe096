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
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var prompt: PromptName

  /// Only the files of the tokenizer are read: it works for models whose network is not known.
  func run() throws {
    try Destination(nil).refuse(inputs: input.paths)
    let folder = try ModelFolder(model.name.folder(model.messages))
    let tokenizer = try ModelTokenizer(model: folder, promptName: prompt.promptName)
    let limit = try tokenizer.limit(asked: model.maxLength)
    let named = try prompt.promptName.map { try Prompts(folder).text(named: $0) }
    let start = Array((named ?? prompt.prompt ?? "").utf8)
    let tokens = tokenizer.tokenizer.tokensByID
    var reader = try input.reader(model.messages)
    let output = try OutputFile(nil)
    while let rows = try reader.window(bytes: 1 << 20) {
      var window = try TokenizedRows(rows, threads: model.threadCount) {
        try tokenizer.encoding(of: start + $0, limit: limit)
      }
      let problem = window.stopAtProblem()
      try output.write(lines: window.rows.count) { row in
        let ids = window.encodings[row].ids
        return [
          "text": .utf8(window.rows[row].text ?? []), "ids": .array(ids.map { .int(Int($0)) }),
          // A token's bytes may be a part of a character, and JSON takes whole ones only.
          "tokens": .array(ids.map { .string(String(decoding: tokens[$0] ?? [], as: UTF8.self)) }),
        ]
      }
      if let problem { throw problem }
    }
    try output.finish()
  }
}
