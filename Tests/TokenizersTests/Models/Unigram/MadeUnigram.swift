import ModelFiles

@testable import Tokenizers

extension MadeTokenizer {
  /// A tokenizer of nothing but a Unigram model.
  static func unigram(_ vocabulary: String, unknown: String = "0", bytes: String = "false") -> Self
  {
    var made = Self()
    made.preTokenizer = "null"
    made.model = unigramModel(vocabulary, unknown: unknown, bytes: bytes)
    return made
  }

  static func unigramModel(
    _ vocabulary: String, unknown: String = "0", bytes: String = "false"
  ) -> String {
    #"{"type":"Unigram","unk_id":\#(unknown),"vocab":\#(vocabulary),"byte_fallback":\#(bytes)}"#
  }
}
