import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// Whole models against what sentence-transformers 6.2.0 gave (see Tests/Fixtures/README.md).
@Suite struct RecordedVectorsTests {
  // float32 through 2 layers of 16 to 32 columns; measured: 1.4e-6.
  private static let tolerance: Float = 3e-6

  /// - Parameter key: the member that texts of no task are compared with
  private func check(
    _ folder: String, _ recording: String, key: String = "embedding",
    tolerance: Float = Self.tolerance
  ) throws {
    let model = try Embedder(folder: folder)
    let routes = [
      (key, try model.model.route(prompt: "")), ("query", try model.model.route(named: "query")),
      ("document", try model.model.route(named: "document")),
    ]
    let rows = try Fixture.lines(recording)
    #expect(!rows.isEmpty)
    for row in rows {
      let text = try row.string("text")
      // What model2vec itself makes of a text lacks unknown tokens.
      if key == "embedding", row["ids"] != nil {
        #expect(
          try routes[0].1.encoding(of: Array(text.utf8)).ids == row.ints("ids"), "\(text)")
      }
      #expect(routes.contains { row[$0.0] != nil }, "no vector of \(text) is recorded")
      for (key, route) in routes where row[key] != nil {
        let encoding = try route.encoding(of: Array(text.utf8))
        let vector = try model.vectors(of: [encoding], by: route)[0]
        try expectClose(vector, row.floats(key), tolerance: tolerance)
      }
    }
  }

  @Test func fixturesAreThere() { #expect(Fixture.pipelines.count >= 33) }

  @Test(arguments: Fixture.pipelines) func pipelinesGiveTheReferencesVectors(name: String) throws {
    let folder = Fixture.path("pipelines/\(name)")
    // The reference computes half a table's numbers in half precision; here they are float32.
    try check(
      folder, folder + "/golden.jsonl",
      key: name.hasPrefix("model2vec") ? "sentence_transformers" : "embedding",
      tolerance: name.hasSuffix("-half") ? 1e-3 : Self.tolerance)
  }

  @Test(arguments: ["model2vec", "model2vec-quantized", "model2vec-short"])
  func withoutModulesAModelOfModel2VecGivesItsOwnVectors(name: String) throws {
    let model = try ScratchFolder(copyOf: Fixture.path("pipelines/\(name)"))
    try model.remove("modules.json")
    try check(model.path, model.path + "/golden.jsonl")
  }

  @Test func theExampleModelGivesTheReferencesVectors() throws {
    try check(Fixture.tinyBERT, Fixture.path("bert-tiny.golden.jsonl"))
  }

  @Test(.enabled(if: Fixture.miniLM != nil, "all-MiniLM-L6-v2 was not fetched"))
  func theRealModelGivesTheReferencesVectors() throws {
    try check(try #require(Fixture.miniLM), Fixture.path("all-MiniLM-L6-v2.golden.jsonl"))
  }
}
