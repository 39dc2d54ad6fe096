import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// What `inspect` tells of facts that several files speak of.
@Suite struct ModelFactsTests {
  @Test func eachFactHasTheFileThatSettlesIt() throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.set(["do_lower_case": false], in: "tokenizer_config.json")
    try folder.set(["is_decoder": true], in: "config.json")
    let facts = try Inspection(Embedder(folder: folder.path)).facts
    #expect(
      facts == [
        Fact("tokenizer class", "BertTokenizer", from: "tokenizer_config.json: tokenizer_class"),
        Fact("lower case", "no", from: "tokenizer_config.json: do_lower_case"),
        Fact("strip accents", "as lower case", from: "the default of BertTokenizer"),
        Fact(
          "split Chinese characters", "yes", from: "tokenizer_config.json: tokenize_chinese_chars"),
        Fact("added tokens", "5", from: "tokenizer.json: added_tokens"),
        Fact("attention", "is_decoder true", from: "config.json: is_decoder"),
        Fact("pooling", "mean", from: "1_Pooling/config.json"),
        Fact(
          "similarity", "cosine", from: "config_sentence_transformers.json: similarity_fn_name"),
      ])
  }

  @Test(
    arguments: [
      (
        "tokenizer_config.json", ["do_lower_case": false],
        "tokenizer.json: normalizer is BertNormalizer: clean text, spaces around CJK, accents "
          + "stripped, lower case; not used, BertTokenizer makes it BertNormalizer: clean text, "
          + "spaces around CJK"
      ),
      (
        "config.json", ["tokenizer_class": "XLMRobertaTokenizer"],
        "config.json: tokenizer_class is XLMRobertaTokenizer; not used, tokenizer_config.json says "
          + "BertTokenizer"
      ),
      (
        "config_sentence_transformers.json", ["similarity_fn_name": "maxsim"],
        #"config_sentence_transformers.json: similarity_fn_name is "maxsim", which is not known; "#
          + "cosine is used, as in sentence-transformers"
      ),
      (
        "config.json", ["wiggle": [1]],
        "FOLDER/config.json: `wiggle` is an array; the key is not known here and not used"
      ),
      (
        "1_Pooling/config.json", ["word_embedding_dimension": 384],
        "FOLDER/1_Pooling/config.json: `word_embedding_dimension` is 384, but the vectors before it "
          + "have 32 numbers; not used"
      ),
    ] as [(String, [String: any Sendable], String)])
  func aContradictionIsAWarning(
    file: String, changes: [String: any Sendable], warning: String
  ) throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.set(changes, in: file)
    let warnings = try Inspection(Embedder(folder: folder.path)).warnings
    #expect(warnings.contains(warning.replacing("FOLDER", with: folder.path)), "\(warnings)")
  }

  @Test func aKeyThatIsWhatItWouldBeWithoutItIsNoWarning() throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.set(["wiggle": false, "jiggle": [Int](), "_waggle": 3], in: "config.json")
    #expect(try Embedder(folder: folder.path).model.unknownKeys == [])
  }
}
