import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// Whole models against what sentence-transformers 6.2.0 gave (see Tests/Fixtures/README.md).
@Suite struct RecordedVectorsTests {
  // float32 through 2 layers of 16 to 32 columns; measured: 5e-7.
  private static let tolerance: Float = 2e-6

  private func check(_ folder: String, _ recording: String) throws {
    let model = try Embedder(folder: folder)
    for row in try Fixture.lines(recording) {
      let text = try row.string("text")
      let ids = try model.encoding(of: Array(text.utf8), PreparedPrompt("", model)).ids
      #expect(try ids == row.ints("ids"), "\(text)")
      let roles: [(key: String, prompt: String?)] = [
        ("embedding", nil), ("query", try model.prompts.text(named: "query")),
        ("document", try model.prompts.text(named: "document")),
      ]
      for role in roles where row[role.key] != nil {
        let vector = try model.embed([text], prompt: role.prompt)[0]
        try expectClose(vector, row.floats(role.key), tolerance: Self.tolerance)
      }
    }
  }

  @Test(arguments: Fixture.pipelines) func pipelinesGiveTheReferencesVectors(name: String) throws {
    let folder = Fixture.path("pipelines/\(name)")
    try check(folder, folder + "/golden.jsonl")
  }

  @Test func theExampleModelGivesTheReferencesVectors() throws {
    try check(Fixture.tinyBERT, Fixture.path("bert-tiny.golden.jsonl"))
  }

  @Test(.enabled(if: Fixture.miniLM != nil, "all-MiniLM-L6-v2 was not fetched"))
  func theRealModelGivesTheReferencesVectors() throws {
    try check(try #require(Fixture.miniLM), Fixture.path("all-MiniLM-L6-v2.golden.jsonl"))
  }
}
