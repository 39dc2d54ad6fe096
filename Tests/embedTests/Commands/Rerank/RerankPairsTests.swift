import Foundation
import TestSupport
import Testing

/// `embed rerank --pairs`.
@Suite struct RerankPairsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Runs over pairs with the model of one label.
  private func score(
    _ arguments: String..., input: String = "", model: String = "ce_bert"
  ) throws -> CommandResult {
    try embedCommand(
      ["rerank", "-m", RecordedModel(model).path, "--pairs"] + arguments)(Array(input.utf8))
  }

  private static func numbers(_ value: Any?) -> [Float] {
    (value as? [NSNumber])?.map(\.floatValue) ?? (value as? NSNumber).map { [$0.floatValue] } ?? []
  }

  @Test(arguments: ["ce_bert", "ce_roberta_nli", "ce_dense", "ce_qwen3_lm", "ce_qwen3_bare"])
  func scoresAreTheRecordedOnes(_ name: String) throws {
    let model = RecordedModel(name)
    let rows = try model.rows("pairs.jsonl")
    let input = try RecordedModel.lines(rows, "query", "document")
    let result = try model("rerank", ["--pairs", "--logits"], input: input)
    expectRows(result, rows.count)
    for (row, line) in zip(rows, result.lines) {
      let found = try object(line)
      // float32 sums in another order, relative to logits of about 1.
      expectClose(
        Self.numbers(found["logits"]), Self.numbers(row["logits"]), tolerance: 2e-5)
      expectClose(Self.numbers(found["score"]), Self.numbers(row["score"]), tolerance: 2e-5)
      #expect(found["query"] as? String == row["query"] as? String)
    }
  }

  @Test func sharesOfLabelsAddUpAndTheLargestIsNamed() throws {
    let model = RecordedModel("ce_roberta_nli")
    let rows = try model.rows("pairs.jsonl")
    let input = try RecordedModel.lines(rows, "query", "document")
    let result = try model("rerank", ["--pairs", "--softmax"], input: input)
    expectRows(result, rows.count)
    let labels = ["contradiction", "entailment", "neutral"]
    for (row, line) in zip(rows, result.lines) {
      let found = try object(line)
      let shares = Self.numbers(found["score"])
      expectClose(shares, Self.numbers(row["softmax"]), tolerance: 2e-5)
      let best = try #require(shares.indices.max { shares[$0] < shares[$1] })
      #expect(found["label"] as? String == labels[best])
    }
  }

  @Test func aPromptByNameIsTheSystemMessage() throws {
    let model = RecordedModel("ce_qwen3_lm")
    let rows = try model.rows("pairs.jsonl").filter { $0["fact"] != nil }
    try #require(!rows.isEmpty)
    let result = try model(
      "rerank", ["--pairs", "--prompt-name", "fact"],
      input: RecordedModel.lines(rows, "query", "document"))
    expectRows(result, rows.count)
    for (row, line) in zip(rows, result.lines) {
      expectClose(
        Self.numbers(try object(line)["score"]), Self.numbers(row["fact"]), tolerance: 2e-5)
    }
  }

  @Test func aRowKeepsItsOwnMembersAndTheirBytes() throws {
    let result = try score(
      input: #"{"id": 7, "score":1, "query":"a cat",  "document":"a mat","label":"yes"}"# + "\n")
    #expect(result.ending == .exited(0))
    #expect(result.stderr == "embed: the rows' own `score` is replaced by the reranker's\n")
    #expect(
      result.lines[0].hasPrefix(
        #"{"id": 7, "query":"a cat",  "document":"a mat","label":"yes","score":"#))
  }

  @Test(arguments: [
    (
      "a.csv", "id,query,document\n7,a cat,a mat\n",
      #"{"id":"7","query":"a cat","document":"a mat","#
    ),
    ("a.csv", "a cat,a mat\n", #"{"query":"a cat","document":"a mat","#),
    ("a.tsv", "document\tquery\na mat\ta cat\n", #"{"document":"a mat","query":"a cat","#),
    ("a.jsonl", #"{"query":"a cat","document":"a mat"}"#, #"{"query":"a cat","document":"a mat","#),
  ])
  func tablesAreReadByTheirNames(_ name: String, _ text: String, _ start: String) throws {
    let result = try score(try folder.write(name, text))
    expectRows(result, 1)
    #expect(result.lines[0].hasPrefix(start + "\"score\":"), "\(result.lines[0])")
    let direct = try score(input: #"{"query":"a cat","document":"a mat"}"# + "\n")
    #expect(
      try object(result.lines[0])["score"] as? Double
        == object(direct.lines[0])["score"] as? Double)
  }

  @Test func otherColumnsAreNamed() throws {
    let file = try folder.write("a.csv", "n,left,right\n1,a cat,a mat\n")
    let result = try score("--columns", "left,right", file)
    expectRows(result, 1)
    #expect(result.lines[0].hasPrefix(#"{"n":"1","left":"a cat","right":"a mat","score":"#))
    expectFailure(
      try score("--columns", "left,wrong", file),
      message:
        "\(file), line 1: no column `wrong`; the header has `n`, `left`, `right`; name two with "
        + "--columns A,B")
  }

  @Test func rowsLeaveAsTheyCome() throws {
    let running = try embedCommand(
      ["rerank", "-m", RecordedModel("ce_bert").path, "--pairs"]
    ).started()
    running.send(#"{"query":"a","document":"b"}"# + "\n")
    #expect(running.waitForLines(1))
    running.send(#"{"query":"c","document":"d"}"# + "\n")
    let result = running.finished()
    #expect(result.ending == .exited(0) && result.lines.count == 2)
  }

  @Test func aScoreIsTheSameBitsAloneAndAmongOthers() throws {
    let rows = try variedTexts(40).map { text in
      String(
        decoding: try JSONSerialization.data(
          withJSONObject: ["query": "the cat", "document": text]), as: UTF8.self)
    }
    let all = try score("--quiet", input: rows.joined(separator: "\n") + "\n")
    expectRows(all, rows.count)
    for index in [0, 7, 39] {
      let alone = try score("--quiet", "--threads", "1", input: rows[index] + "\n")
      #expect(alone.lines == [all.lines[index]])
    }
  }

  @Test func aBadRowEndsTheRunBehindThoseBeforeIt() throws {
    let text = #"{"query":"a","document":"b"}"# + "\n" + #"{"query":"a"}"# + "\n"
    let message =
      "stdin, line 2: no `document`; the object has `query`; name one with --columns"
    expectFailure(try score(input: text), message: message, rows: 1)
    let result = try score("--on-error", "null", input: text)
    #expect(result.ending == .exited(0) && result.lines.count == 2)
    let row = try object(result.lines[1])
    #expect(row["score"] is NSNull && row["error"] as? String == message)
  }

  @Test func tokensTellWhichSideLostHowMany() throws {
    let long = [String](repeating: "cat", count: 200).joined(separator: " ")
    let rows = [("cat", "mat"), ("cat", long), (long, "mat")].map {
      #"{"query":"\#($0.0)","document":"\#($0.1)"}"#
    }
    let result = try score("--tokens", input: rows.joined(separator: "\n"))
    #expect(result.ending == .exited(0) && result.stderr.hasPrefix("embed: 2 pairs were longer"))
    let found = try result.lines.map(object)
    #expect(found[0]["truncated"] as? Bool == false)
    let lost = found.map { $0["truncated"] as? [String: Int] }
    #expect(lost[1]?["query"] == 0 && (lost[1]?["document"] ?? 0) > 0)
    #expect(lost[2]?["document"] == 0 && (lost[2]?["query"] ?? 0) > 0)
    #expect(found[1]["tokens"] as? Int == found[2]["tokens"] as? Int)
  }

  @Test func aTableHasAColumnForEachLabel() throws {
    let result = try score(
      "--format", "tsv", input: #"{"query":"a\tb","document":"c"}"# + "\n", model: "ce_roberta_nli")
    expectRows(result, 2)
    #expect(result.lines[0] == "contradiction\tentailment\tneutral\tquery\tdocument")
    #expect(result.lines[1].split(separator: "\t").map(String.init).suffix(2) == ["a b", "c"])
  }

  @Test func anOutputFileIsWholeOrAPart() throws {
    let output = "\(folder.path)/scores.jsonl"
    let text = #"{"query":"a","document":"b"}"# + "\n"
    expectRows(try score("--output", output, input: text), 0)
    #expect(try folder.text("scores.jsonl") == score(input: text).text)
    #expect(try score("-o", output, input: "x\n").ending == .exited(1))
    #expect(try folder.text("scores.jsonl") == score(input: text).text)
  }
}
