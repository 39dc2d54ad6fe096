import TestSupport
import Testing

/// `embed evaluate retrieval` with sparse and late-interaction models.
@Suite struct EvaluateRetrievalKindsTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(
      "corpus.csv",
      "id,text\nd0,A man is playing a flute.\nd1,Two cows cross a road.\nd2,the river\n")
    try folder.write("queries.csv", "id,text\nq0,A man is playing a flute.\nq1,the river\n")
    try folder.write("relevant.tsv", "q0\td0\nq1\td2\n")
  }

  private func evaluate(_ name: String, _ arguments: String...) throws -> CommandResult {
    var command = try embedCommand(
      [
        "evaluate", "retrieval", "-m", RecordedModel(name).path, "--json", "--queries",
        "queries.csv", "--corpus", "corpus.csv", "--relevant", "relevant.tsv",
      ] + arguments)
    command.folder = folder.path
    return try command()
  }

  private func numbers(_ result: CommandResult, _ group: String) throws -> [String: Double] {
    expectRows(result, 1)
    return try #require(object(result.text)[group] as? [String: Double])
  }

  @Test func aSparseModelHasActiveTerms() throws {
    let found = try numbers(evaluate("sp_bert"), "dot")
    #expect(found["accuracy@5"] == 1)
    // As many as `encode` prints.
    let lines = try embed(
      "encode", "-m", RecordedModel("sp_bert").path, "--prompt-name", "query",
      input: "A man is playing a flute.\nthe river\n"
    ).lines
    let counts = try lines.map {
      try #require(SparseNumbers(object($0)["embedding"])).indices.count
    }
    #expect(found["query_active_terms"] == Double(counts.reduce(0, +)) / 2)
    #expect(found["document_active_terms"] ?? 0 > 0)
    #expect(try numbers(evaluate("sp_bert", "--metric", "cosine"), "cosine")["accuracy@1"] == 1)
  }

  @Test func aLateInteractionModelHasVectors() throws {
    let found = try numbers(evaluate("mv_bert"), "maxsim")
    #expect(found["accuracy@5"] == 1)
    #expect(found["query_vectors"] ?? 0 > 1 && found["document_vectors"] ?? 0 > 1)
    expectFailure(
      try evaluate("mv_bert", "--metric", "dot"), ["--metric dot: a late-interaction model"])
  }

  @Test func aRerankerIsRefused() throws { expectFailure(try evaluate("ce_bert"), ["rerank"]) }
}
