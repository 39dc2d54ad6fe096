import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct WhitespaceTokenizerTests {
  @Test(arguments: ["whitespace", "whitespace-lower"])
  func everyRecordedTextHasTheReferencesIDs(name: String) throws {
    try RecordedFolder(name: name).checkWords()
  }

  @Test func theFirstWordsStay() throws {
    let json = try JSON.of(#"{"vocab":["a","b"],"stop_words":["c"]}"#)
    let tokenizer = try WhitespaceTokenizer(json)
    let text = Array("a c x b c".utf8)
    text.withUnsafeBytes {
      #expect(tokenizer.encode($0, limit: 1) == Encoding(ids: [0], segments: [0], truncated: true))
      #expect(
        tokenizer.encode($0, limit: 2)
          == Encoding(ids: [0, 1], segments: [0, 0], truncated: false))
      #expect(tokenizer.encode($0, limit: 0).ids.isEmpty)
    }
    #expect(tokenizer.count == 2)
    #expect(tokenizer.tokensByID[1] == [0x62])
  }

  @Test func aBagOfWordsHasNoStopWords() throws {
    let tokenizer = try WhitespaceTokenizer(words: JSON.of(#"["a","the"]"#))
    Array("The (the) a b".utf8).withUnsafeBytes {
      #expect(tokenizer.encode($0, limit: nil).ids == [1, 1, 0])
    }
    #expect(throws: FileError.self) { try WhitespaceTokenizer(words: JSON.of("7")) }
  }

  @Test(arguments: [
    "{}", "[]", #"{"vocab":{},"stop_words":[]}"#, #"{"vocab":[1],"stop_words":[]}"#,
    #"{"vocab":[],"stop_words":null}"#, #"{"vocab":[],"stop_words":[],"do_lower_case":1}"#,
  ])
  func brokenFilesAreRefused(text: String) throws {
    #expect(throws: FileError.self) { try WhitespaceTokenizer(JSON.of(text)) }
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["!", "a", " ", "a ", "Σ", "\u{301}"])
  func timeIsLinear(unit: String) throws {
    let tokenizer = try WhitespaceTokenizer(JSON.of(#"{"vocab":["a"],"stop_words":[]}"#))
    Array(String(repeating: unit, count: 100_000).utf8).withUnsafeBytes {
      _ = tokenizer.encode($0, limit: nil)
    }
  }
}
