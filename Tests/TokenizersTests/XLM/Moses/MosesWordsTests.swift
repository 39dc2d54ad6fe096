import ModelFiles
import Testing

@testable import Tokenizers

/// Every rule between a text and its words, one by one and mixed.
@Suite struct MosesWordsTests {
  @Test func everyRecordedTextFallsIntoTheReferencesWords() throws {
    for one in try RecordedFolder(name: "moses-words").cases() {
      let lowercases = try one.bool("do_lowercase")
      let config = try JSON.of(#"{"do_lowercase":\#(lowercases)}"#)
      var pieces = Pieces()
      try one.value("text").withUTF8 { pieces.text.set($0, startsText: true) }
      StrippedText(lowercases: false)(&pieces.text)
      try FlauBERTNormalizer(config)(&pieces.text)
      MosesNormalizer(.french)(&pieces.text)
      pieces.begin { bytes, startsText, list in
        list = [Piece(range: 0..<bytes.count, startsText: startsText)]
      }
      MosesPreTokenizer(.french)(&pieces)
      let words = pieces.list.map { Array(pieces.text.bytes[$0.range]) }
      let text = try one.string("text")
      #expect(try words == one.array("words").elements.map { try $0.bytes() }, "\(text)")
    }
  }
}
