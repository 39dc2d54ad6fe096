import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// modules.json, and directories without one.
@Suite struct ModuleListTests {
  private func changed(_ name: String = "bert-cls") throws -> ScratchFolder {
    try ScratchFolder(copyOf: Fixture.path("pipelines/\(name)"))
  }

  private func refusal(_ folder: ScratchFolder) throws -> String {
    try #require(throws: FileError.self) { try Embedder(folder: folder.path) }.description
  }

  private static func entry(_ type: String, _ path: String, _ index: Int, _ name: String? = nil)
    -> String
  {
    #"{"idx":\#(index),"name":"\#(name ?? "\(index)")","path":"\#(path)","type":"\#(type)"}"#
  }

  @Test(arguments: [
    ("Normalize", 65, "lists 65 modules; at most 64 are read"),
    ("Router", 7, "its Routers have more than 64 combinations of routes"),
  ])
  func nobodyNeedsSoManyModules(kind: String, count: Int, message: String) throws {
    let folder = try changed("router")
    let list = (0..<count).map { Self.entry("sentence_transformers.models.\(kind)", "", $0) }
    try folder.write("modules.json", "[\(list.joined(separator: ","))]")
    #expect(
      try refusal(folder) == "\(folder.path)/modules.json: \(message)")
  }

  @Test func whatIsNotKnownIsRefusedByName() throws {
    let (type, reason) = (
      "sentence_transformers.models.Wiggle", "is not known; \(Modules.names)"
    )
    let folder = try changed()
    let pooling = Self.entry("sentence_transformers.models.Pooling", "1_Pooling", 1)
    for (index, list) in [
      [Self.entry(type, "", 0), pooling],
      [Self.entry("sentence_transformers.models.Transformer", "", 0), Self.entry(type, "", 1)],
    ].enumerated() {
      try folder.write("modules.json", "[\(list.joined(separator: ","))]")
      let place = "\(folder.path)/modules.json: module \(index)"
      #expect(try refusal(folder) == "\(place), type `\(type)`, \(reason)")
    }
  }

  @Test func twoOfOneNameAreRefused() throws {
    let folder = try changed()
    let type = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      "[\(Self.entry(type + "Transformer", "", 0, "1")),"
        + "\(Self.entry(type + "Pooling", "1_Pooling", 1, "1"))]")
    #expect(
      try refusal(folder) == #"\#(folder.path)/modules.json: two modules have the `name` "1""#)
  }

  @Test func twoOfOneNumberAreNot() throws {
    let folder = try changed()
    let type = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      "[\(Self.entry(type + "Transformer", "", 0, "a")),"
        + "\(Self.entry(type + "Pooling", "1_Pooling", 0, "b"))]")
    #expect(throws: Never.self) { try Embedder(folder: folder.path) }
  }

  @Test func aMissingPathIsTheModelsFolder() throws {
    let folder = try changed()
    let type = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      #"[{"type":"\#(type)Transformer"},\#(Self.entry(type + "Pooling", "1_Pooling", 1))]"#)
    let expected = try Embedder(folder: Fixture.path("pipelines/bert-cls")).embed(["the cat"])
    #expect(try Embedder(folder: folder.path).embed(["the cat"])[0] == expected[0])
  }

  @Test(arguments: [
    "../..", "..", "a/../../b", "/etc", "1_Pooling/../../x", "//", "./..", "1_Pooling/..",
  ])
  func aPathOutOfTheModelIsRefused(path: String) throws {
    let folder = try changed()
    let type = "sentence_transformers.models."
    for (first, second) in [("", path), (path, "1_Pooling")] {
      try folder.write(
        "modules.json",
        "[\(Self.entry(type + "Transformer", first, 0)),\(Self.entry(type + "Pooling", second, 1))]"
      )
      #expect(
        try refusal(folder)
          == "\(folder.path)/modules.json: path `\(path)` leads out of the model's directory; modules "
          + "lie inside it")
    }
  }

  @Test func anotherOrderOfNumbersIsOdd() throws {
    let folder = try changed()
    let type = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      "[\(Self.entry(type + "Transformer", "", 1)),\(Self.entry(type + "Pooling", "1_Pooling", 0))]"
    )
    let warnings = try Inspection(Embedder(folder: folder.path)).warnings
    #expect(warnings.contains { $0.contains("`idx`") })
  }

  @Test(
    arguments: [
      (nil, nil, "mean"), ("BertModel", nil, "mean"), ("BertForCausalLM", nil, "lasttoken"),
      ("BertForCausalLM", false, "mean"),
      ("BertForMaskedLM", nil, "mean"),
    ] as [(String?, Bool?, String)])
  func aBareNetworkIsPooledAsTheReferenceDoes(
    architecture: String?, isCausal: Bool?, pooling: String
  ) throws {
    let folder = try changed()
    try folder.remove("modules.json")
    try folder.set(
      ["architectures": architecture.map { [$0] }, "is_causal": isCausal], in: "config.json")
    let inspection = try Inspection(Embedder(folder: folder.path))
    #expect(inspection.modules.last == "Pooling: \(pooling); [N, 16] → [B, 16]")
    #expect(inspection.layout.contains("plain Hugging Face"))
    let word = pooling == "mean" ? "mean of the token" : "last token"
    #expect(inspection.warnings.contains { $0.contains("no modules.json") && $0.contains(word) })
    // sentence_bert_config.json says 24, but is of a Transformer module.
    #expect(inspection.limit?.tokens == 40)
    #expect(inspection.warnings.contains { $0.contains("sentence_bert_config.json is not read") })
  }

  @Test(arguments: [
    #"{"sbert_ce_default_activation_function":"torch.nn.modules.activation.Sigmoid"}"#,
    #"{"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Sigmoid","version":"5"}}"#,
  ])
  func aBareCrossEncoderIsRefused(members: String) throws {
    let folder = try changed()
    try folder.remove("modules.json")
    let added = try #require(
      JSONSerialization.jsonObject(with: Data(members.utf8)) as? [String: Any])
    try folder.set(added, in: "config.json")
    let origin =
      added["sentence_transformers"] == nil
      ? "sbert_ce_default_activation_function"
      : "sentence_transformers.activation_fn"
    #expect(
      try refusal(folder)
        == "\(folder.path) (config.json: \(origin)): the model is a reranker, not an embedding model: "
        + "it scores pairs of texts and gives no vector: use `embed rerank`")
  }

  @Test(arguments: [
    (
      "CrossEncoder", "a reranker",
      "it scores pairs of texts and gives no vector: use `embed rerank`"
    ),
    (
      "SparseEncoder", "a sparse model",
      "it gives each text some numbers of a vocabulary: use `embed encode`"
    ),
    (
      "MultiVectorEncoder", "a late-interaction model",
      "it gives each text a vector for each token: use `embed encode`"
    ),
  ])
  func anotherTypeOfModelIsRefused(type: String, phrase: String, use: String) throws {
    let folder = try changed()
    try folder.set(["model_type": type], in: "config_sentence_transformers.json")
    #expect(
      try refusal(folder)
        == "\(folder.path) (config_sentence_transformers.json: model_type): the model is \(phrase), not "
        + "an embedding model: \(use)")
  }

  @Test func anUnknownTypeOfModelIsRefused() throws {
    let folder = try changed()
    try folder.set(["model_type": "Wiggle"], in: "config_sentence_transformers.json")
    #expect(
      try refusal(folder)
        == "\(folder.path)/config_sentence_transformers.json: model_type is `Wiggle`, which is not "
        + "known; known are ColBERT, CrossEncoder, MultiVectorEncoder, SentenceTransformer, "
        + "SparseEncoder")
  }

  @Test(arguments: [
    ("layout-0.1", "before 0.3"), ("layout-0.3", "0.3 to 1.2"), ("bert-cls", "2.0 to 5.3"),
    ("bert-new-schema", "5.4 and later"), ("static-embedding-old", "2.0 to 5.3"),
    ("router", "5.4 and later"),
  ])
  func inspectionTellsTheLayout(name: String, layout: String) throws {
    let inspection = try Inspection(Embedder(folder: Fixture.path("pipelines/\(name)")))
    #expect(inspection.layout.contains(layout))
  }

  @Test(arguments: [
    "BERT", "RoBERTa", "DistilBERT", "XLNet", "ALBERT", "CamemBERT", "XLMRoBERTa", "T5",
  ])
  func theClassesBeforeTransformerAreTransformers(name: String) throws {
    let folder = try changed("layout-0.1")
    let type = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      "[\(Self.entry(type + name, "0_BERT", 0)),\(Self.entry(type + "Pooling", "1_Pooling", 1))]")
    #expect(try Inspection(Embedder(folder: folder.path)).limit?.tokens == 26)
  }

  @Test(arguments: [("BERT", "bert"), ("RoBERTa", "roberta"), ("XLMRoBERTa", "xlm-roberta")])
  func withoutAWordOfItTheClassSaysWhatNetworkItIs(name: String, type: String) throws {
    let folder = try changed("layout-0.1")
    let types = "sentence_transformers.models."
    try folder.write(
      "modules.json",
      "[\(Self.entry(types + name, "0_BERT", 0)),\(Self.entry(types + "Pooling", "1_Pooling", 1))]")
    try folder.set(["model_type": nil], in: "0_BERT/config.json")
    #expect(try Inspection(Embedder(folder: folder.path)).architecture == type)
  }

  @Test func theFirstNumbersOfAVectorAreKept() throws {
    let folder = try changed()
    let whole = try Embedder(folder: folder.path).embed(["the cat", "a"])
    try folder.set(["truncate_dim": 5], in: "config_sentence_transformers.json")
    let model = try Embedder(folder: folder.path)
    #expect(model.dimension == 5)
    #expect(try model.embed(["the cat", "a"])[1] == Array(whole[1].prefix(5)))
    #expect(try Inspection(model).warnings.contains { $0.contains("truncate_dim") })
    try folder.set(["truncate_dim": 500], in: "config_sentence_transformers.json")
    #expect(try Embedder(folder: folder.path).dimension == 16)
    try folder.set(["truncate_dim": 0], in: "config_sentence_transformers.json")
    #expect(
      try refusal(folder)
        == "\(folder.path)/config_sentence_transformers.json: `truncate_dim` is 0, should be at "
        + "least 1")
  }

  @Test(
    arguments: [
      (
        ["is_causal": true],
        "`is_causal` is true, but this network looks both ways; set `is_decoder` to true where it is a "
          + "decoder, or remove the key"
      ),
      (
        ["quantization_config": ["bits": 4]],
        "`quantization_config` is an object, which is not followed; take the model's weights in "
          + "float32, float16 or bfloat16, with all their heads"
      ),
    ] as [([String: any Sendable], String)])
  func anotherKindOfNetworkIsRefused(changes: [String: any Sendable], message: String) throws {
    let folder = try changed()
    try folder.remove("modules.json")
    try folder.set(changes, in: "config.json")
    let error = try #require(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error.description == "\(folder.path)/config.json: \(message)")
  }

  @Test func aChatTemplateCountsWithoutModules() throws {
    let folder = try changed()
    try folder.write("chat_template.jinja", "{{ messages[0]['content'] }} cat")
    let plain = try Embedder(folder: folder.path)
    try folder.remove("modules.json")
    let model = try Embedder(folder: folder.path)
    func ids(_ model: Embedder, _ text: String) throws -> [Int32] {
      try model.model.route().encoding(of: Array(text.utf8)).ids
    }
    // The template adds special tokens itself, or none.
    #expect(try ids(model, "the") == ids(plain, "the cat").dropFirst().dropLast())
  }
}
