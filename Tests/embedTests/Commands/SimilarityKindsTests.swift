import Foundation
import TestSupport
import Testing

/// `embed similarity` with models that do not give a text one vector of all its numbers.
@Suite struct SimilarityKindsTests {
  private func similarity(_ model: String, _ arguments: String...) throws -> CommandResult {
    try embedCommand(["similarity", "-m", RecordedModel(model).path] + arguments)()
  }

  @Test func aRerankersIsItsScore() throws {
    let model = RecordedModel("ce_bert")
    let row = try #require(try model.rows("pairs.jsonl").first)
    let (query, document) = (row["query"] as? String ?? "", row["document"] as? String ?? "")
    let result = try similarity("ce_bert", query, document)
    expectRows(result, 1)
    expectClose(
      [try #require(Float(result.lines[0]))],
      [try #require(row["score"] as? NSNumber).floatValue], tolerance: 2e-5)
    let three = try similarity("ce_bert", query, document, "a")
    expectRows(three, 3)
    #expect(three.lines[0].split(separator: "\t")[1] == result.lines[0])
    let json = try object(similarity("ce_bert", query, document, "--json").text)
    #expect(json["metric"] as? String == "score")
  }

  @Test func lateInteractionAsksWithTheFirst() throws {
    let model = RecordedModel("mv_bert")
    let rows = try model.rows("multi.jsonl")
    let query = try #require(rows.first { $0["side"] as? String == "query" })
    let document = try #require(rows.first { $0["side"] as? String == "document" })
    func vectors(_ row: [String: Any]) -> [[Float]] {
      (row["embedding"] as? [[NSNumber]] ?? []).map { $0.map(\.floatValue) }
    }
    let expected = vectors(query).reduce(Float(0)) { sum, token in
      sum
        + (vectors(document).map { other in zip(token, other).reduce(0) { $0 + $1.0 * $1.1 } }
          .max() ?? 0)
    }
    let texts = [query, document].map { $0["text"] as? String ?? "" }
    let result = try similarity("mv_bert", texts[0], texts[1])
    expectRows(result, 1)
    // A sum of some 32 cosines, each within 2e-5.
    expectClose([try #require(Float(result.lines[0]))], [expected], tolerance: 3e-4)
    let json = try object(similarity("mv_bert", texts[0], texts[1], "--json").text)
    #expect(json["metric"] as? String == "maxsim")
  }

  @Test(arguments: [("sp_bert", "dot"), ("sp_csr", "cosine")])
  func sparseVectorsAreComparedAsTheModelSays(_ name: String, _ metric: String) throws {
    let result = try similarity(name, "the cat", "a river", "--json")
    expectRows(result, 1)
    #expect(try object(result.text)["metric"] as? String == metric)
    let own = try similarity(name, "the cat", "the cat", "--metric", "cosine")
    expectClose([try #require(Float(own.lines[0]))], [1], tolerance: 1e-6)
  }

  @Test(arguments: ["ce_bert", "sp_bert", "mv_bert"])
  func pairsAreTheSameNumbers(_ name: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.csv", "the cat,a river\na,b\n")
    let result = try similarity(name, "--pairs", file)
    expectRows(result, 2)
    #expect(try result.lines[0] == similarity(name, "the cat", "a river").lines[0])
  }

  @Test(arguments: ["ce_bert", "mv_bert"])
  func metricsOfVectorsAreRefused(_ name: String) throws {
    expectFailure(
      try similarity(name, "a", "b", "--metric", "dot"), ["--metric dot", "leave it out"])
  }
}
