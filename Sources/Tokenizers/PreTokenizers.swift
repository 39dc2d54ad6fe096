import ModelFiles

/// The pre-tokenizers that a tokenizer.json can name.
enum PreTokenizers {
  /// Each `type` that tokenizer.json may name. A new pre-tokenizer adds its file and a line here.
  static let known: [String: any PreTokenizer.Type] = [
    "BertPreTokenizer": BertPreTokenizer.self,
    "ByteLevel": ByteLevel.self,
    "CharDelimiterSplit": CharDelimiterSplit.self,
    "Digits": Digits.self,
    "FixedLength": FixedLength.self,
    "Metaspace": Metaspace.self,
    "Punctuation": Punctuation.self,
    "Sequence": PreTokenizerSequence.self,
    "Split": Split.self,
    "UnicodeScripts": UnicodeScripts.self,
    "Whitespace": Whitespace.self,
    "WhitespaceSplit": WhitespaceSplit.self,
  ]

  /// The pre-tokenizer that `json` describes.
  static func make(_ json: JSON) throws -> any PreTokenizer {
    try json.component("pre-tokenizer", of: known, as: json.string("type")).init(json)
  }
}
