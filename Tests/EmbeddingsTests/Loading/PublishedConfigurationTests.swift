import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

/// The configurations of published models, key by key: no key of a model that is read goes unnoticed
/// by all readers, none raises a false alarm, and what is no embedding model is refused.
@Suite struct PublishedConfigurationTests {
  private static let refused = [
    "Alibaba-NLP--gte-multilingual-reranker-base": "the model is a reranker",
    "Alibaba-NLP--gte-reranker-modernbert-base": "the model is a reranker",
    "BAAI--bge-reranker-base": "the model is a reranker",
    "BAAI--bge-reranker-v2-m3": "the model is a reranker",
    "answerdotai--answerai-colbert-small-v1": "the model is a late-interaction model",
    "avsolatorio--NoInstruct-small-Embedding-v0": "a model has one Pooling",
    "colbert-ir--colbertv2.0": "the model is a late-interaction model",
    "cross-encoder--ms-marco-MiniLM-L6-v2": "the model is a reranker",
    "cross-encoder--ms-marco-electra-base": "the model is a reranker",
    "cross-encoder--nli-deberta-v3-base": "the model is a reranker",
    "cross-encoder--stsb-roberta-base": "the model is a reranker",
    "hum-works--lodestone-base-4096-v1": "`max_position_embeddings` is missing",
    "jinaai--jina-reranker-v2-base-multilingual": "the model is a reranker",
    "mixedbread-ai--mxbai-rerank-base-v1": "the model is a reranker",
    "naver--splade-v3": "the model is a sparse model",
  ]

  @Test(arguments: PublishedModel.names)
  func everyKeyIsKnown(name: String) throws {
    let model = try PublishedModel(name)
    if let words = Self.refused[name] {
      let error = #expect(throws: FileError.self) { try Embedder(folder: model.folder.path) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
      return
    }
    let embedder = try Embedder(folder: model.folder.path)
    #expect(embedder.model.unknownKeys == [])
  }
}
