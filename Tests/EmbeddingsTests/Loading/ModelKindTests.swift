import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

/// What kind a model is, by its files and by what is asked of it.
@Suite struct ModelKindTests {
  private static func kinds(_ name: String) -> String { Fixture.path("kinds/\(name)") }

  private func list(_ path: String, asked: ModelKind? = nil) throws -> ModuleList {
    var options = EmbedderOptions()
    options.kind = asked
    return try ModuleList(ModelFolder(path), options)
  }

  private func refusal(_ path: String, asked: ModelKind) throws -> String {
    try #require(throws: FileError.self) { try list(path, asked: asked) }.description
  }

  @Test(
    arguments: [
      ("ce_bert", nil, .rerank, "config.json: architectures, BertForSequenceClassification"),
      ("ce_dense", nil, .rerank, "config_sentence_transformers.json: model_type"),
      ("ce_qwen3_bare", nil, .dense, "config.json: architectures, Qwen3ForCausalLM"),
      ("ce_qwen3_bare", .rerank, .rerank, "config.json: architectures, Qwen3ForCausalLM"),
      ("sp_bert", nil, .sparse, "config_sentence_transformers.json: model_type"),
      ("sp_bert_bare", nil, .dense, "config.json: architectures, BertForMaskedLM"),
      ("sp_bert_bare", .sparse, .sparse, "--type"),
      ("mv_stanford", nil, .multi, "config.json: architectures, HF_ColBERT"),
      ("mv_pylate", nil, .multi, "config_sentence_transformers.json: model_type"),
      ("bge_m3", nil, .dense, "modules.json"), ("bge_m3", .sparse, .sparse, "--type"),
      ("bge_m3", .multi, .multi, "--type"),
    ] as [(String, ModelKind?, ModelKind, String)])
  func theFilesSayWhatItIs(
    name: String, asked: ModelKind?, kind: ModelKind, origin: String
  ) throws {
    let found = try list(Self.kinds(name), asked: asked).kind
    #expect(found.kind == kind)
    #expect(found.origin == origin)
  }

  @Test(
    arguments: [
      ("ce_bert", .sparse, "the model is a reranker, not a sparse model: it scores pairs of texts"),
      ("ce_dense", .dense, "the model is a reranker, not an embedding model: it scores pairs"),
      ("sp_bert", .dense, "the model is a sparse model, not an embedding model"),
      ("mv_bert", .rerank, "the model is a late-interaction model, not a reranker"),
      (
        "bge_m3", .rerank, "the model is an embedding model, not a reranker: it gives each text one"
      ),
      ("ce_qwen3_bare", .sparse, "config.json names `Qwen3ForCausalLM`, not …ForMaskedLM"),
      ("sp_bert_bare", .multi, "config.json names no late-interaction model (HF_ColBERT)"),
    ] as [(String, ModelKind, String)])
  func whatItIsNotIsRefused(name: String, asked: ModelKind, words: String) throws {
    let message = try refusal(Self.kinds(name), asked: asked)
    #expect(message.contains(words), "\(message)")
  }

  @Test func anotherColBERTThanStanfordsIsRefused() throws {
    let folder = try ScratchFolder(copyOf: Self.kinds("mv_stanford"))
    try folder.set(["architectures": ["ColBERT"]], in: "config.json")
    let message = try refusal(folder.path, asked: .multi)
    #expect(
      message
        == "\(folder.path) (config.json: architectures, ColBERT): a late-interaction model of a kind "
        + "that is not read; read are HF_ColBERT and models with modules.json")
  }

  @Test func aBareRerankerMayBeForcedToEmbed() throws {
    var options = EmbedderOptions()
    options.kind = .dense
    let model = try Embedder(folder: Self.kinds("ce_bert"), options: options)
    #expect(model.dimension > 1)
    let notice = try #require(model.model.notice)
    #expect(notice.contains("the model is a reranker") && notice.contains("--type dense"))
    #expect(try Inspection(model).warnings.contains(notice))
    #expect(try Embedder(folder: Fixture.tinyBERT).model.notice == nil)
  }

  /// Without `model_type`, as sentence-transformers wrote it before 5.0, the modules tell.
  @Test(arguments: [
    ("sp_bert", ModelKind.sparse), ("sp_csr", .sparse), ("sp_inference_free", .sparse),
    ("ce_distilbert", .rerank), ("ce_qwen3_lm", .rerank), ("mv_bert", .multi),
  ])
  func theModulesTellWhereNothingElseDoes(name: String, kind: ModelKind) throws {
    let folder = try ScratchFolder(copyOf: Self.kinds(name))
    try folder.remove("config_sentence_transformers.json")
    let found = try list(folder.path).kind
    #expect(found.kind == kind)
    #expect(found.origin == "modules.json")
  }

  @Test(arguments: [("mv_bert", "a late-interaction model")])
  func otherKindsAreNotTrained(name: String, phrase: String) throws {
    let model = try TextModel(folder: Self.kinds(name), options: .init())
    let message = try #require(throws: FileError.self) { try TrainableModel(model) }.description
    #expect(message.contains("the model is \(phrase)") && message.contains("not trained yet"))
  }

  @Test func aTextIsADocumentWhereNothingIsSaid() throws {
    let sparse = try TextModel(folder: Self.kinds("sp_inference_free"), options: .init())
    #expect(try sparse.route().side == .document)
    #expect(try sparse.route(named: "query").side == .query)
    #expect(try sparse.route(promptName: "query", prompt: "x ").prompt == Array("x ".utf8))
    #expect(try sparse.route(promptName: "query", prompt: "x ").side == .query)
    #expect(try sparse.route(prompt: "", side: .query).side == .query)
    let dense = try TextModel(folder: Fixture.tinyBERT, options: .init())
    #expect(try dense.route().side == nil)
    let tokenizer = try ModelTokenizer(
      model: ModelFolder(Self.kinds("sp_inference_free")), promptName: "query")
    #expect(tokenizer.kind == .sparse && tokenizer.side == .query)
  }

  @Test func aPoolFactorIsOfLateInteraction() throws {
    var options = EmbedderOptions()
    options.poolFactor = 2
    let error = try #require(throws: FileError.self) {
      try Embedder(folder: Fixture.tinyBERT, options: options)
    }
    #expect(error.description.contains("--pool-factor joins the vectors of a text's tokens"))
  }
}
