import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// Modules of sparse models and of rerankers whose files say what is not computed.
@Suite struct SparseModulesTests {
  private func copy(_ name: String) throws -> ScratchFolder {
    try ScratchFolder(copyOf: Fixture.path("kinds/\(name)"))
  }

  private func refusal(_ folder: ScratchFolder) throws -> String {
    let error = try #require(throws: FileError.self) {
      try TextModel(folder: folder.path, options: .init())
    }
    return String(error.description.dropFirst(folder.path.utf8.count + 1))
  }

  @Test(
    arguments: [
      (
        "sp_bert", "1_SpladePooling", ["pooling_strategy": "mean"],
        "`pooling_strategy` is `mean`, should be max or sum"
      ),
      (
        "sp_bert", "1_SpladePooling", ["activation_function": "gelu"],
        "`activation_function` is `gelu`, should be relu or log1p_relu"
      ),
      (
        "ce_qwen3_lm", "1_LogitScore", ["true_token_id": 900],
        "a token's id is 900, should be from 0 to 899"
      ),
      (
        "ce_qwen3_lm", "1_LogitScore", ["false_token_id": -1],
        "a token's id is -1, should be from 0 to 899"
      ),
      (
        "ce_qwen3_lm", "1_LogitScore", ["module_input_name": "scores"],
        "`module_input_name` is `scores`, should be `causal_logits`"
      ),
      (
        "sp_csr", "2_SparseAutoEncoder", ["input_dim": 31],
        "`input_dim` is 31, but the vectors before it have 32 numbers"
      ),
      ("sp_csr", "2_SparseAutoEncoder", ["k": 0], "`k` should be between 1 and 16777216, is 0"),
    ] as [(String, String, [String: any Sendable], String)])
  func whatCannotBeIsRefused(
    name: String, module: String, changes: [String: any Sendable], message: String
  ) throws {
    let folder = try copy(name)
    try folder.set(changes, in: "\(module)/config.json")
    #expect(try refusal(folder) == "\(module)/config.json: \(message)")
  }

  @Test func aScoreOfOneTokenIsItsOwnLogit() throws {
    let folder = try copy("ce_qwen3_lm")
    func scores() throws -> [Float] {
      try Reranker(folder: folder.path).scores("a man", ["a man", "two dogs"])
    }
    let difference = try scores()
    try folder.set(["false_token_id": nil], in: "1_LogitScore/config.json")
    let yes = try scores()
    try folder.set(["true_token_id": 269], in: "1_LogitScore/config.json")
    let no = try scores()
    expectClose(difference, zip(yes, no).map { $0 - $1 }, tolerance: 1e-5)
  }

  @Test func aVocabularysNumbersAreReadByWhoKnowsThem() throws {
    let folder = try copy("sp_roberta")
    try folder.write(
      "1_SpladePooling/config.json", #"{"embedding_dimension":32,"pooling_mode":"mean"}"#)
    try folder.write(
      "modules.json",
      #"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},"#
        + #"{"idx":1,"name":"1","path":"1_SpladePooling","type":"sentence_transformers.models.Pooling"}]"#
    )
    #expect(
      try refusal(folder)
        == "modules.json: the network gives numbers of its vocabulary's entries (its "
        + "transformer_task is fill-mask or text-generation), and Pooling follows; a SpladePooling or "
        + "LogitScore should")
    let plain = try copy("sp_roberta")
    try plain.set(["transformer_task": nil], in: "sentence_bert_config.json")
    try plain.set(["modality_config": nil], in: "sentence_bert_config.json")
    #expect(try refusal(plain).contains("SpladePooling stands where there are no numbers"))
  }

  @Test func weightsOfTokensMayLieInAFileOfNames() throws {
    let folder = try copy("sp_inference_free")
    let module = "query_0_SparseStaticEmbedding"
    try folder.remove("\(module)/model.safetensors")
    try folder.write("\(module)/config.json", #"{"frozen":true,"path":"idf.json"}"#)
    #expect(try refusal(folder).contains("no such file, which"))
    try folder.write("\(module)/idf.json", #"{"a":1.5,"man":-2,"the":0}"#)
    // No other token has a weight, and one of 0 is left out.
    let found = try SparseEmbedder(folder: folder.path).embed(
      ["a man the man"], promptName: "query")
    #expect(Set(found[0].values) == [1.5, -2])
    try folder.write("\(module)/config.json", #"{"path":"../idf.json"}"#)
    #expect(try refusal(folder).hasSuffix("which leads out of the module's folder"))
  }

  @Test func theFileSaysHowManyNumbersStay() throws {
    let model = try SparseEmbedder(folder: Fixture.path("kinds/sp_roberta"))
    #expect(model.model.mostActive == 12)
    #expect(try model.embed(["a man is eating"])[0].values.count <= 12)
    // What is asked for counts in its place, as in sentence-transformers.
    let route = try model.model.route()
    let texts = try model.model.encodings(of: [Array("a man is eating".utf8)], by: route)
    #expect(try model.vectors(of: texts, by: route, mostActive: 20)[0].values.count > 12)
    #expect(try SparseEmbedder(folder: Fixture.path("kinds/sp_csr")).model.mostActive == 16)
    let folder = try copy("sp_roberta")
    try folder.set(["max_active_dims": 0], in: "config_sentence_transformers.json")
    #expect(
      try refusal(folder)
        == "config_sentence_transformers.json: `max_active_dims` is 0, should be at least 1")
  }

  @Test func numbersOfNoTokensAreNamedByTheirPlace() throws {
    let model = try SparseEmbedder(folder: Fixture.path("kinds/sp_csr"))
    var row = SparseMatrix.Row()
    (row.indices, row.values) = ([3, 5], [0.5, 2])
    #expect(model.decode(row).map(\.token) == ["5", "3"])
    #expect(model.similarity == .cosine)
    #expect(try SparseEmbedder(folder: Fixture.path("kinds/sp_bert")).similarity == .dot)
  }

  @Test func anInspectionTellsTheKind() throws {
    let reranker = try Inspection(
      TextModel(folder: Fixture.path("kinds/ce_roberta_nli"), options: .init()))
    #expect(reranker.kind == "rerank" && reranker.heads == ["rerank"])
    #expect(reranker.labels.count == 3)
    #expect(reranker.activation?.name == "identity")
    #expect(
      reranker.modules.contains { $0.hasPrefix("Classification: 3 labels of the first token") })
    let m3 = try Inspection(TextModel(folder: Fixture.path("kinds/bge_m3"), options: .init()))
    #expect(m3.kind == "dense" && m3.heads == ["dense", "sparse", "multi"])
    #expect(m3.activation == nil && m3.labels == [])
    let sparse = try Inspection(
      TextModel(folder: Fixture.path("kinds/sp_inference_free"), options: .init()))
    #expect(sparse.kind == "sparse" && sparse.similarity == "dot")
    #expect(sparse.modules.contains { $0.contains("query: SparseStaticEmbedding: 800 weights") })
  }
}
