import Foundation
import TestSupport
import Testing

/// `embed tokenize` of pairs, and of models that read queries and documents differently.
@Suite struct TokenizeKindsTests {
  @Test(arguments: [
    "ce_bert", "ce_bert_2021", "ce_roberta_nli", "ce_xlm_roberta", "ce_distilbert", "ce_gte",
    "ce_deberta_v2", "ce_modernbert_cls", "ce_dense", "ce_qwen3_lm", "ce_qwen3_bare",
  ])
  func pairsHaveTheRecordedTokens(_ name: String) throws {
    let model = RecordedModel(name)
    let rows = try model.rows("pairs.jsonl")
    let result = try model(
      "tokenize", ["--pairs"], input: RecordedModel.lines(rows, "query", "document"))
    expectRows(result, rows.count)
    for (row, line) in zip(rows, result.lines) {
      let found = try object(line)
      #expect(found["ids"] as? [Int] == row["ids"] as? [Int])
      if let types = row["types"] as? [Int] { #expect(found["types"] as? [Int] == types) }
      #expect((found["tokens"] as? [String])?.count == (row["ids"] as? [Int])?.count)
    }
  }

  @Test(arguments: ["mv_bert", "mv_pylate", "mv_stanford", "mv_pooled"], ["query", "document"])
  func sidesHaveTheRecordedTokens(_ name: String, _ side: String) throws {
    let model = RecordedModel(name)
    let rows = try model.rows("multi.jsonl").filter { $0["side"] as? String == side }
    let result = try model(
      "tokenize", ["--prompt-name", side], input: RecordedModel.lines(rows, "text"))
    expectRows(result, rows.count)
    for (row, line) in zip(rows, result.lines) {
      #expect(try object(line)["ids"] as? [Int] == row["ids"] as? [Int])
    }
  }

  @Test func aLineTellsThePair() throws {
    let result = try embed(
      "tokenize", "-m", RecordedModel("ce_bert").path, "--pairs", input: "query,document\na,b\n")
    expectRows(result, 1)
    #expect(result.lines[0].hasPrefix(#"{"query":"a","document":"b","ids":["#))
  }

  @Test(arguments: [
    (["--columns", "a,b"], "--columns needs --pairs"),
    (["--pairs", "--field", "a"], "--pairs reads two columns"),
    (["--pairs", "--input", "lines"], "--pairs reads csv, tsv, jsonl or json, not --input lines"),
  ])
  func whatMeansNothingIsWrongUsage(_ arguments: [String], _ words: String) throws {
    let result = try embedCommand(["tokenize", "-m", Models.tiny] + arguments)()
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(words), "\(result.stderr)")
  }
}
