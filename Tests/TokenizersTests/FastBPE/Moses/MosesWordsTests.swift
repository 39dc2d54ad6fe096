import ModelFiles
import Testing

@testable import Tokenizers

/// Every rule between a text and its words, one by one and mixed.
@Suite struct MosesWordsTests {
  @Test func everyRecordedTextFallsIntoTheReferencesWords() throws {
    for one in try RecordedFolder(name: "moses-words").cases() {
      let lowercases = try one.bool("do_lowercase")
      let config = try JSON.of(#"{"do_lowercase":\#(lowercases)}"#)
      var preTokens = PreTokenizedText()
      try one.value("text").withUTF8 { preTokens.text.set($0, startsText: true) }
      StrippedText(lowercases: false)(&preTokens.text)
      try FlauBERTNormalizer(config)(&preTokens.text)
      MosesNormalizer(.french)(&preTokens.text)
      preTokens.begin { bytes, startsText, list in
        list = [PreToken(range: 0..<bytes.count, startsText: startsText)]
      }
      MosesPreTokenizer(.french)(&preTokens)
      let words = preTokens.list.map { Array(preTokens.text.bytes[$0.range]) }
      let text = try one.string("text")
      #expect(try words == one.array("words").elements.map { try $0.bytes() }, "\(text)")
    }
  }
}
