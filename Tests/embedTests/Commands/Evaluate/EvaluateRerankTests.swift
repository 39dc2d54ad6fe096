import Foundation
import TestSupport
import Testing

/// `embed evaluate rerank` and `evaluate nli`, with tiny models of random weights: what they print is
/// computed here from what `embed rerank` says.
@Suite struct EvaluateRerankTests {
  private let folder: ScratchFolder
  private static let ranker = Fixture.path("kinds/ce_bert")
  private static let classifier = Fixture.path("kinds/ce_roberta_nli")
  private static let texts = ["a cat sleeps", "the river", "cats sleep all day", "a fox ran home"]
  private static let query = "how do cats sleep"

  init() throws { folder = try ScratchFolder() }

  private func evaluate(
    _ kind: String, _ model: String, _ name: String, _ text: String, _ more: String...
  ) throws -> CommandResult {
    try embedCommand(
      ["evaluate", kind, "-m", model, try folder.write(name, text), "--json"] + more)()
  }

  private func values(_ result: CommandResult, _ group: String) throws -> [String: Double] {
    try #require(try object(result.text)[group] as? [String: Double])
  }

  /// Rows of the texts, the best first.
  private func order() throws -> [Int] {
    let result = try embed(
      "rerank", "-m", Self.ranker, Self.query, input: Self.texts.joined(separator: "\n") + "\n")
    return try result.lines.map { try #require(try object($0)["row"] as? Int) }
  }

  private func line(_ members: [String: Any]) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: members)
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  @Test func theBestPlaceCounts() throws {
    let order = try order()
    for (place, row) in order.enumerated() {
      let others = Self.texts.enumerated().filter { $0.offset != row }.map(\.element)
      let text = try line([
        "query": Self.query, "positive": [Self.texts[row]], "negative": others,
      ])
      let result = try evaluate("rerank", Self.ranker, "a.jsonl", text)
      expectRows(result, 1)
      let report = try object(result.text)
      #expect(report["queries"] as? Int == 1 && report["documents"] as? Int == 4)
      #expect(report["base"] == nil)
      let values = try values(result, "reranked")
      let reciprocal = 1 / Double(place + 1)
      // Printed with six decimals.
      #expect(abs(try #require(values["mrr@10"]) - reciprocal) < 1e-6)
      #expect(abs(try #require(values["map"]) - reciprocal) < 1e-6)
      #expect(abs(try #require(values["ndcg@10"]) - 1 / log2(Double(place + 2))) < 1e-6)
    }
  }

  @Test func theOrderBeforeIsMeasuredToo() throws {
    let best = Self.texts[try order()[0]]
    let others = Self.texts.filter { $0 != best }
    let text = try line([
      "query": Self.query, "positive": best, "documents": [others[0], best, others[1]],
    ])
    let result = try evaluate("rerank", Self.ranker, "a.jsonl", text)
    expectRows(result, 1)
    #expect(try values(result, "base")["mrr@10"] == 0.5)
    #expect(try values(result, "reranked")["mrr@10"] == 1)
    let missing = try line([
      "query": Self.query, "positive": [best], "documents": [["text": others[0]], others[1]],
    ])
    let added = try evaluate("rerank", Self.ranker, "b.jsonl", missing, "--at-k", "2")
    #expect(try values(added, "base")["mrr@2"] == 0)
    #expect(try values(added, "reranked")["ndcg@2"] == 1)
    let alone = try evaluate("rerank", Self.ranker, "b.jsonl", missing, "--only-documents")
    #expect(try values(alone, "reranked")["map"] == 0)
  }

  @Test(arguments: [
    ("", " has no rows of query, positive, negative"),
    (
      #"{"query":"a","positive":["b"]}"#,
      ", line 1: no `negative`; the object has `query`, `positive`, should have query, positive, and "
        + "negative or documents"
    ),
    (
      #"{"query":"a","positive":[1],"negative":[]}"#,
      ", line 1: text 1 of `positive` is 1, should be a string, or an object with `text`"
    ),
    (
      #"{"query":"a","positive":[],"negative":[],"documents":[]}"#,
      ", line 1: has both `negative` and `documents`; leave one of them out"
    ),
  ])
  func badRankingsAreNamed(text: String, message: String) throws {
    let result = try evaluate("rerank", Self.ranker, "a.jsonl", text)
    #expect(result.ending == .exited(1))
    #expect(result.stderr.hasPrefix("embed: \(folder.path)/a.jsonl"), "\(result.stderr)")
    #expect(result.stderr.hasSuffix(message + "\n"), "\(result.stderr)")
  }

  @Test func classesAreNamedOrNumbered() throws {
    let pairs = zip(Self.texts, Self.texts.reversed()).map { ["query": $0, "document": $1] }
    let found = try embed(
      "rerank", "-m", Self.classifier, "--pairs", "--input", "jsonl",
      input: try pairs.map(line).joined())
    let names = try found.lines.map { try #require(try object($0)["label"] as? String) }
    #expect(names.count == 4)
    let rows = zip(pairs, names).map { ($0["query"] ?? "", $0["document"] ?? "", $1) }
    let named = try evaluate(
      "nli", Self.classifier, "a.csv",
      "premise,hypothesis,label\n" + rows.map { "\($0.0),\($0.1),\($0.2)\n" }.joined())
    expectRows(named, 1)
    #expect(try object(named.text)["pairs"] as? Int == 4)
    let values = try values(named, "scores")
    #expect(values["accuracy"] == 1 && values["f1_macro"] == 1 && values["f1_weighted"] == 1)
    let numbered = try evaluate(
      "nli", Self.classifier, "b.csv", rows.map { "\($0.0),\($0.1),0\n" }.joined())
    expectRows(numbered, 1)
    let wrong = try evaluate("nli", Self.classifier, "c.csv", "a,b,3\n")
    expectFailure(wrong, ["c.csv, line 1: label is `3`, should be one of "])
  }

  @Test func oneLabelHasAThreshold() throws {
    let best = try order()[0]
    let rows = Self.texts.enumerated().map { "\(Self.query),\($1),\($0 == best ? 1 : 0)\n" }
    let result = try evaluate("nli", Self.ranker, "a.csv", rows.joined())
    expectRows(result, 1)
    let values = try values(result, "scores")
    #expect(values["accuracy"] == 1 && values["f1"] == 1 && values["average_precision"] == 1)
    let wrong = try evaluate("nli", Self.ranker, "b.csv", "a,b,2\n")
    expectFailure(wrong, ["label is `2`, should be 0 or 1: the model has one label"])
  }

  @Test func otherKindsAreRefused() throws {
    let text = #"{"query":"a","positive":["b"],"negative":["c"]}"#
    let classes = try evaluate("rerank", Self.classifier, "a.jsonl", text)
    expectFailure(classes, ["scores 3 labels"])
    let vectors = try evaluate("rerank", Models.tiny, "a.jsonl", text)
    #expect(vectors.ending == .exited(1))
  }
}
