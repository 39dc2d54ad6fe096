import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Embeddings

/// How many vectors of a document stay. Which ones, recorded models and `TokenClustersTests` say.
@Suite struct HierarchicalTokenPoolingTests {
  private func pooling(_ json: String) throws -> HierarchicalTokenPooling {
    try HierarchicalTokenPooling(
      ModuleSource(
        JSON(Array(json.utf8), name: "config.json"), path: "",
        weights: .success(Weights(TensorFile()))),
      taking: .tokens(3, vocabulary: 9))
  }

  private func pooled(_ json: String, _ lengths: [Int], _ side: TextSide? = nil) throws -> Features
  {
    var samples = Samples()
    let layout = SequenceLayout(lengths: lengths)
    var features = Features(
      layout: layout, ids: layout.perRow { _, _ in 1 },
      tokenEmbeddings: samples.tensor(layout.rows, 3).normalizedRows())
    features.side = side
    return try pooling(json)(features)
  }

  /// With Python: `[min(p, n) + min(n - p, max(int((n - p) // f), 1)) for n in lengths]`.
  @Test(
    arguments: [
      (#"{"pool_factor":2.0}"#, [9, 1, 2, 3, 0, 6], [5, 1, 2, 2, 0, 3]),
      (#"{"pool_factor":1.5,"num_protected_tokens":0}"#, [9, 1, 2, 3], [6, 1, 1, 2]),
      (#"{"pool_factor":100,"num_protected_tokens":2}"#, [9, 2, 1], [3, 2, 1]),
      (#"{"pool_factor":1.1,"num_protected_tokens":0}"#, [11, 22], [9, 19]),
      (#"{"pool_factor":1.0}"#, [9, 1], [9, 1]), ("{}", [9, 1], [9, 1]),
    ]) func someVectorsStay(json: String, lengths: [Int], expected: [Int]) throws
  {
    let found = try pooled(json, lengths)
    #expect((0..<lengths.count).map { found.layout[$0].count } == expected)
    #expect(found.tokenEmbeddings.rows == found.layout.rows)
    #expect(found.ids.count == found.layout.rows)
    #expect(found.problem == nil)
  }

  @Test func theFirstVectorStaysAsItIs() throws {
    var samples = Samples()
    let first = Tensor([1, 3], samples.floats(3)).normalizedRows().elements
    #expect(try pooled(#"{"pool_factor":4}"#, [9]).tokenEmbeddings.rows(0..<1).elements == first)
  }

  @Test func queriesAreLeftAsTheyAre() throws {
    let json = #"{"pool_factor":2,"normalize_embeddings":true}"#
    #expect(try pooled(json, [9], .query).layout[0].count == 9)
    let both = #"{"pool_factor":2,"tasks":["query","document"]}"#
    #expect(try pooled(both, [9], .query).layout[0].count == 5)
  }

  @Test func lengthsAreOneWhereItIsAskedFor() throws {
    for json in [
      #"{"pool_factor":2,"normalize_embeddings":true}"#, #"{"normalize_embeddings":true}"#,
    ] {
      let rows = try pooled(json, [9]).tokenEmbeddings
      for row in 0..<rows.rows where row < 5 {
        let length = rows.rows(row..<row + 1).elements.reduce(0) { $0 + $1 * $1 }
        #expect((length - 1).magnitude < 1e-6)
      }
    }
  }

  @Test(
    arguments: [
      (#"{"pool_factor":0.5}"#, "`pool_factor` is 0.5, should be at least 1"),
      (#"{"num_protected_tokens":-1}"#, "`num_protected_tokens` is -1, should be at least 0"),
    ]) func whatCannotBeIsRefused(json: String, part: String) throws
  {
    let error = try #require(throws: FileError.self) { try pooling(json) }
    #expect(error.description == "config.json: \(part)")
  }
}
