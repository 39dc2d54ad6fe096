import ModelFiles

@testable import Tokenizers

/// A tokenizer.json of parts, each JSON, that a test exchanges one by one.
struct MadeTokenizer {
  var added = "[]"
  var normalizer = "null"
  var preTokenizer = #"{"type":"BertPreTokenizer"}"#
  var model = Self.wordPiece()
  var postProcessor = "null"
  var decoder = "null"

  static func wordPiece(
    vocabulary: String = ###"{"[UNK]":0,"a":1,"##a":2,"b":3,".":4}"###,
    unknown: String = "[UNK]", longestWord: String = "100"
  ) -> String {
    ###"{"type":"WordPiece","unk_token":"\###(unknown)","continuing_subword_prefix":"##","###
      + #""max_input_chars_per_word":\#(longestWord),"vocab":\#(vocabulary)}"#
  }

  static func token(_ content: String, _ flags: String = "") -> String {
    let all = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    let names = flags.split(separator: " ").map(String.init)
    return #"{"id":0,"content":"\#(content)""#
      + all.map { #","\#($0)":\#(names.contains($0))"# }.joined() + "}"
  }

  static let bert =
    #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"#
    + #""strip_accents":null,"lowercase":true}"#

  var text: String {
    #"{"version":"1.0","added_tokens":\#(added),"normalizer":\#(normalizer),"#
      + #""pre_tokenizer":\#(preTokenizer),"model":\#(model),"post_processor":\#(postProcessor),"#
      + #""decoder":\#(decoder)}"#
  }

  func callAsFunction(lowercasingFirst: Bool = false) throws -> Tokenizer {
    try Tokenizer(JSON.of(text), lowercasingFirst: lowercasingFirst)
  }
}
