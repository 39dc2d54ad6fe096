import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PhraseTokenizerTests {
  @Test(arguments: ["phrase", "phrase-plus", "phrase-single"])
  func everyRecordedTextHasTheReferencesIDs(name: String) throws {
    try RecordedFolder(name: name).checkWords()
  }

  @Test func theFirstWordsStay() throws {
    let tokenizer = try PhraseTokenizer(
      JSON.of(#"{"vocab":["a","b_c","!"],"stop_words":["c"],"max_ngram_length":2}"#))
    Array("a c x B c !".utf8).withUnsafeBytes {
      #expect(
        tokenizer.encode($0, limit: 2)
          == Encoding(ids: [0, 1], segments: [0, 0], truncated: true))
      #expect(tokenizer.encode($0, limit: nil).ids == [0, 1, 2])
    }
    #expect(tokenizer.count == 3)
    #expect(tokenizer.tokensByID[1] == Array("b_c".utf8))
  }

  @Test(arguments: [
    "{}", "[]", #"{"vocab":{},"stop_words":[]}"#, #"{"vocab":[1],"stop_words":[]}"#,
    #"{"vocab":[],"stop_words":null}"#, #"{"vocab":[],"stop_words":[],"max_ngram_length":"5"}"#,
    #"{"vocab":[],"stop_words":[],"ngram_separator":1}"#,
    #"{"vocab":["a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a"],"stop_words":[],"#
      + #""max_ngram_length":99}"#,
  ])
  func brokenFilesAreRefused(text: String) throws {
    #expect(throws: FileError.self) { try PhraseTokenizer(JSON.of(text)) }
  }

  @Test(arguments: [
    (65, 1, "`ngram_separator` has 65 bytes, at most 64 are supported"),
    (64, 960, "`vocab` has a phrase of 1025 bytes, at most 1024 are supported"),
  ])
  func longSeparatorsAndPhrasesAreRefused(separator: Int, word: Int, expected: String) {
    let separator = String(repeating: "_", count: separator)
    let phrase = "a" + separator + String(repeating: "b", count: word)
    let error = #expect(throws: FileError.self) {
      try PhraseTokenizer(
        JSON.of(#"{"vocab":["\#(phrase)"],"stop_words":[],"ngram_separator":"\#(separator)"}"#))
    }
    #expect(error?.description == "tokenizer.json: \(expected)")
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      "!", "a", " ", "a ", "Σ", "\u{301}", "'", "a' ", "''", "\"", "`", ".", ". ", ":", ",", "(\"",
      "-", "n't ", "can", "cannot", "wanna ", "'t", " 't", "x_", "\u{1C}", "'s",
    ])
  func timeIsLinear(unit: String) throws {
    let tokenizer = try PhraseTokenizer(
      JSON.of(#"{"vocab":["a","a_a","!_!_!_!_!_!_!_!_!"],"stop_words":[],"max_ngram_length":30}"#))
    let text = String(repeating: unit, count: 10_000 / unit.utf8.count)
    Array(text.utf8).withUnsafeBytes { _ = tokenizer.encode($0, limit: nil) }
  }

  @Test func everyByteSequenceIsSurvived() throws {
    let tokenizer = try PhraseTokenizer(JSON.of(#"{"vocab":["a"],"stop_words":[]}"#))
    for bytes in Samples.hostileTexts() {
      bytes.withUnsafeBytes { _ = tokenizer.encode($0, limit: nil) }
    }
  }
}
