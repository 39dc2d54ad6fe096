import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// Rerankers: labels, prompts, pairs that are cut, and what is refused.
@Suite struct RerankerTests {
  private func copy(_ name: String) throws -> ScratchFolder {
    try ScratchFolder(copyOf: Fixture.path("kinds/\(name)"))
  }

  private func refusal(_ folder: ScratchFolder) throws -> String {
    try #require(throws: FileError.self) { try Reranker(folder: folder.path) }.description
  }

  @Test func labelsAreThoseOfTheFile() throws {
    let folder = try copy("ce_roberta_nli")
    try folder.set(
      ["id2label": ["0": "contradiction", "2": "neutral", "1": "entailment"]], in: "config.json")
    let model = try Reranker(folder: folder.path)
    #expect(model.labels == ["contradiction", "entailment", "neutral"])
    let error = try #require(throws: FileError.self) { try model.scores("a", ["b"]) }
    #expect(
      error.description
        == "\(folder.path): the model has 3 labels (contradiction, entailment, neutral), and documents "
        + "are ranked by one; name a reranker with one label")
    #expect(try Reranker(folder: Fixture.path("kinds/ce_dense")).labels == ["LABEL_0"])
  }

  @Test func thePromptGoesBeforeTheQueryOnly() throws {
    let model = try Reranker(folder: Fixture.path("kinds/ce_bert"))
    let plain = try model.route().encoding(of: Array("query: a man".utf8), Array("a cat".utf8))
    let prompted = try model.route(prompt: "query: ")
      .encoding(of: Array("a man".utf8), Array("a cat".utf8))
    #expect(plain.encoding == prompted.encoding)
    #expect(
      try model.scores("a man", ["a cat"], prompt: "query: ")
        == model.scores("query: a man", ["a cat"]))
  }

  @Test func theDefaultPromptCanBeLeftOut() throws {
    let model = try Reranker(folder: Fixture.path("kinds/ce_dense"))
    #expect(try String(decoding: model.route().prompt, as: UTF8.self) == "query: ")
    #expect(try model.route(isBare: true).prompt == [])
    #expect(throws: FileError.self) { try model.route(promptName: "nobody") }
  }

  @Test func eachSideSaysWhatItLost() throws {
    let words = "a man is eating a piece of bread in a small house"
    var options = EmbedderOptions()
    options.maximumLength = 16
    let model = try Reranker(folder: Fixture.path("kinds/ce_bert"), options: options)
    let route = try model.route()
    #expect(route.limit == 16)
    let specials = route.specials
    func encoding(_ query: String, _ document: String) throws -> PairEncoding {
      try route.encoding(of: Array(query.utf8), Array(document.utf8))
    }
    let all = try encoding(words, "").encoding.ids.count + encoding(words, "").lost.query
    let one = try encoding("a", "").encoding.ids.count - specials
    let (text, short) = (all - specials, one)
    let long = try encoding("a", words)
    #expect(long.lost == (0, max(0, text + short - (16 - specials))))
    #expect(long.encoding.ids.count == 16)
    #expect(try !encoding("a", "a").isTruncated)
    let both = try encoding(words, words)
    // Of two that are too long, the second keeps the odd token.
    let room = 16 - specials
    #expect(both.lost == (text - room / 2, text - (room / 2 + room % 2)))
  }

  @Test func aChatKeepsItsEnd() throws {
    var options = EmbedderOptions()
    let whole = try Reranker(folder: Fixture.path("kinds/ce_qwen3_lm"), options: options)
    let text = Array(repeating: "a man is eating", count: 8).joined(separator: " ")
    func encoding(_ model: Reranker) throws -> PairEncoding {
      try model.route().encoding(of: Array("what".utf8), Array(text.utf8))
    }
    let all = try encoding(whole)
    options.maximumLength = all.encoding.ids.count - 10
    let cut = try encoding(Reranker(folder: Fixture.path("kinds/ce_qwen3_lm"), options: options))
    #expect(cut.lost == (0, 10))
    #expect(cut.encoding.ids.count == all.encoding.ids.count - 10)
    // As the template ends: the last tokens are those after the document.
    #expect(cut.encoding.ids.suffix(4) == all.encoding.ids.suffix(4))
    #expect(cut.encoding.truncated)
  }

  @Test func aTemplateWithoutAPlaceForPairsIsRefused() throws {
    let folder = try copy("ce_qwen3_lm")
    try folder.write(
      "chat_template.jinja",
      "{% for m in messages %}{% if m['role'] == 'query' %}{{ m['content'] }}{% endif %}{% endfor %}"
    )
    #expect(
      try refusal(folder)
        == "\(folder.path)/chat_template.jinja: the chat template leaves out the document of a pair: it "
        + "should write messages of the roles query and document; take the template that the reranker "
        + "was trained with, or remove it if pairs go in as they are")
  }

  @Test(arguments: [("sp_bert", "a sparse model"), ("mv_bert", "a late-interaction model")])
  func otherKindsAreRefused(name: String, phrase: String) throws {
    let folder = try copy(name)
    let message = try refusal(folder)
    #expect(message.contains("the model is \(phrase), not a reranker"), "\(message)")
    #expect(message.contains("use `embed encode`"))
  }

  @Test func aNetworkWithoutAHeadIsRefused() throws {
    let folder = try copy("sp_bert_bare")
    #expect(
      try refusal(folder)
        == "\(folder.path): the model is no reranker: config.json names `BertForMaskedLM`, neither "
        + "…ForSequenceClassification nor …ForCausalLM, and sentence-transformers would make up its "
        + "head at random; name a reranker")
  }

  @Test func segmentsWithoutARowAreRefused() throws {
    let folder = try copy("ce_roberta_nli")
    let path = "tokenizer.json"
    let pair: [String: Any] = [
      "type": "TemplateProcessing",
      "single": [["Sequence": ["id": "A", "type_id": 0]]],
      "pair": [["Sequence": ["id": "A", "type_id": 0]], ["Sequence": ["id": "B", "type_id": 1]]],
      "special_tokens": [:] as [String: Any],
    ]
    try folder.set(["post_processor": pair], in: path)
    try folder.set(
      [
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_input_names": ["input_ids", "token_type_ids"],
      ], in: "tokenizer_config.json")
    let message = try refusal(folder)
    #expect(
      message.contains("segments (type_id) up to 1, but their table has 1 rows"), "\(message)")
  }
}
