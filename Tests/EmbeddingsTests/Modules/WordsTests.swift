import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// WordWeights and BoW: what words weigh, and where.
@Suite struct WordsTests {
  private func words(_ text: String) throws -> WeightedWords {
    try WeightedWords(JSON(Array(text.utf8), name: "config.json"))
  }

  @Test func aWordWeighsWhatItIsSaidToOrElseInLowerCase() throws {
    let words = try words(
      #"""
      {"vocab":["cat","Paris","ΣΑΣ","dog","İ"],"unknown_word_weight":0.5,
       "word_weights":{"cat":1.5,"paris":2,"σας":3,"i̇":4}}
      """#)
    #expect(words.weights == [1.5, 2, 3, 0.5, 4])
    #expect(words.columns == [0, 1, 2, 3, 4] && words.count == 5)
  }

  @Test func whatIsNotSaidIsOne() throws {
    #expect(try words(#"{"vocab":["a","b"]}"#).weights == [1, 1])
  }

  @Test func aWordThatIsThereTwiceHasOnePlace() throws {
    let words = try words(#"{"vocab":["a","b","a","c","b"],"word_weights":{"a":2}}"#)
    #expect(words.columns == [0, 1, 0, 2, 1] && words.count == 3)
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/bow"))
    try folder.write("0_BoW/config.json", #"{"vocab":["a","b","a","c"],"word_weights":{"a":2}}"#)
    let model = try Embedder(folder: folder.path)
    #expect(try model.embed(["a c, a B x", ""])[0] == [4, 1, 1])
    #expect(try model.embed([""])[0] == [0, 0, 0])
  }

  @Test func wordsHaveIdsToLookAt() throws {
    let reader = try ModelTokenizer(model: ModelFolder(Fixture.path("pipelines/bow")))
    let ids = try reader.encoding(of: Array("The cat, (mat) what".utf8), limit: nil).ids
    #expect(
      ids.map { reader.tokenizer.tokensByID[$0].map { String(decoding: $0, as: UTF8.self) } }
        == ["the", "cat", "mat"])
    #expect(reader.limit == nil)
  }
}
