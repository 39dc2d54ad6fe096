import Foundation
import TestSupport
import Testing

/// `embed rerank QUERY`.
@Suite struct RerankCommandTests {
  private let folder: ScratchFolder
  private static let model = RecordedModel("ce_bert")
  private static let documents = ["the cat", "a river", "", "the house", "the cat", "a mat"]

  init() throws {
    folder = try ScratchFolder()
    try folder.write("notes.txt", Self.documents.map { $0 + "\n" }.joined())
  }

  private var notes: String { "\(folder.path)/notes.txt" }

  private func rerank(
    _ arguments: String..., input: String = "", model: String = Self.model.path
  ) throws -> CommandResult {
    try embedCommand(["rerank", "-m", model] + arguments)(Array(input.utf8))
  }

  @Test(arguments: [
    "ce_bert", "ce_xlm_roberta", "ce_modernbert_mean", "ce_deberta_v2", "ce_qwen3_seqcls",
  ])
  func theOrderIsTheRecordedOne(_ name: String) throws {
    let model = RecordedModel(name)
    for row in try model.rows("rank.jsonl") {
      let documents = try #require(row["documents"] as? [String])
      let query = try #require(row["query"] as? String)
      let input = try RecordedModel.lines(documents.map { ["text": $0] }, "text")
      let result = try model("rerank", [query], input: input)
      expectRows(result, documents.count)
      let found = try result.lines.map(object)
      #expect(found.compactMap { $0["row"] as? Int } == row["order"] as? [Int])
      #expect(found.compactMap { $0["rank"] as? Int } == Array(1...documents.count))
      let scores = try #require(row["scores"] as? [NSNumber])
      expectClose(
        found.compactMap { ($0["score"] as? NSNumber)?.floatValue }, scores.map(\.floatValue),
        tolerance: 2e-5)
    }
  }

  @Test func aLineTellsQueryRankRowScoreAndText() throws {
    let result = try rerank("the cat", notes)
    expectRows(result, Self.documents.count)
    for (index, line) in result.lines.enumerated() {
      let found = try object(line)
      let row = try #require(found["row"] as? Int)
      #expect(line.hasPrefix(#"{"query":"the cat","rank":\#(index + 1),"row":\#(row),"score":"#))
      #expect(line.hasSuffix(#","text":"\#(Self.documents[row])"}"#))
    }
    // Equal scores keep the input's order.
    let rows = try result.lines.map { try object($0)["row"] as? Int }
    let first = try #require(rows.firstIndex(of: 0))
    #expect(rows[first + 1] == 4)
  }

  @Test func theBestAreTheFirstOfAll() throws {
    let all = try rerank("the cat", notes).lines
    for count in 1...Self.documents.count {
      #expect(try rerank("the cat", notes, "--top", "\(count)").lines == Array(all.prefix(count)))
    }
    let third = try #require(try object(all[2])["score"] as? Double)
    let above = try rerank("the cat", notes, "--threshold", "\(Float(third))").lines
    #expect(above == Array(all.prefix(above.count)) && above.count >= 3)
  }

  @Test func manyDocumentsGoThroughTheSameHeap() throws {
    let texts = variedTexts(700).map { $0 + "\n" }.joined()
    let all = try rerank("a fox", "--quiet", input: texts)
    expectRows(all, 700)
    let best = try rerank("a fox", "--quiet", "--top", "5", "--batch-tokens", "64", input: texts)
    #expect(best.lines == Array(all.lines.prefix(5)))
  }

  @Test func ownMembersComeFirstAndOursReplaceThem() throws {
    let input = #"{"id": "p7",  "row":3,"body":"a mat"}"# + "\n"
    let result = try rerank("the cat", "--input", "jsonl", "--field", "body", input: input)
    #expect(result.ending == .exited(0))
    #expect(result.stderr == "embed: the rows' own `row` is replaced by the reranker's\n")
    #expect(
      result.lines[0].hasPrefix(
        #"{"id": "p7","body":"a mat","query":"the cat","rank":1,"row":0,"score":"#))
    let table = try folder.write("a.csv", "id,text\np7,a mat\n")
    let record = try rerank("the cat", table, "--no-text")
    #expect(record.lines[0].hasPrefix(#"{"id":"p7","query":"the cat","rank":1,"row":0,"score":"#))
  }

  @Test func aBadRowEndsTheRunBehindTheOrderOfThoseBefore() throws {
    let input =
      #"{"text":"a"}"# + "\n" + #"{"text":"the cat"}"# + "\n{}\n" + #"{"text":"b"}"# + "\n"
    let message =
      "stdin, line 3: no `text` in an empty object; add it, or leave the row out"
    let stopped = try rerank("the cat", "--input", "jsonl", input: input)
    expectFailure(stopped, message: message, rows: 2)
    let result = try rerank(
      "the cat", "--input", "jsonl", "--on-error", "null", input: input)
    #expect(result.ending == .exited(0) && result.lines.count == 4)
    let last = try object(result.lines[3])
    #expect(last["row"] as? Int == 2 && last["rank"] is NSNull && last["score"] is NSNull)
    #expect(last["error"] as? String == message)
  }

  @Test func aTableIsForPeople() throws {
    let result = try rerank("the cat", notes, "--format", "table", "--top", "1")
    expectRows(result, 2)
    #expect(result.lines[0] == "rank  row   score  text" || result.lines[0].hasPrefix("rank  row"))
    let cells = try rerank("the cat", notes, "--format", "tsv", "--top", "2")
    expectRows(cells, 3)
    #expect(cells.lines[0] == "rank\trow\tscore\ttext")
    #expect(cells.lines[1].hasPrefix("1\t"))
  }

  @Test func activationsReplaceTheModels() throws {
    func score(_ arguments: String...) throws -> Float {
      let result = try embedCommand(
        ["rerank", "-m", Self.model.path, "the cat"] + arguments)(Array("a mat\n".utf8))
      return try #require(try object(result.lines[0])["score"] as? NSNumber).floatValue
    }
    let logit = try score("--activation", "identity")
    // The function of one number, in float32.
    expectClose([try score("--activation", "sigmoid")], [1 / (1 + exp(-logit))], tolerance: 1e-6)
    expectClose([try score("--activation", "tanh")], [tanh(logit)], tolerance: 1e-6)
    let result = try rerank("the cat", "--softmax", input: "a mat\n")
    #expect(result.ending == .exited(64))
    #expect(
      result.stderr.contains("--softmax makes shares of several labels' scores; the model has"))
  }

  @Test func anActivationThatIsCodeIsNoted() throws {
    let copy = try ScratchFolder(copyOf: Self.model.path)
    try copy.edit("config.json") {
      $0["sentence_transformers"] = ["activation_fn": "my.module.Act"]
    }
    let result = try rerank("the cat", input: "a mat\n", model: copy.path)
    #expect(result.ending == .exited(0))
    #expect(
      result.stderr
        == "embed: \(copy.path)/config.json: `sentence_transformers.activation_fn` is "
        + "`my.module.Act`, which is not PyTorch's own and not run; sigmoid, the default, is taken, as "
        + "in sentence-transformers\n")
    let sigmoid = try rerank("the cat", "--activation", "sigmoid", input: "a mat\n")
    #expect(result.lines == sigmoid.lines)
    // Who says what it is need not be told.
    let said = try rerank(
      "the cat", "--activation", "sigmoid", input: "a mat\n", model: copy.path)
    expectRows(said, 1)
    #expect(said.lines == sigmoid.lines)
  }

  @Test func anyNumberOfTheBestMayBeAskedFor() throws {
    let all = try rerank("the cat", notes).lines
    #expect(try rerank("the cat", notes, "--top", "\(Int.max)").lines == all)
  }

  @Test func longDocumentsAreReadInPassages() throws {
    // The answer lies behind what the model reads of it at once.
    let noise = [String](repeating: "a river by the house", count: 60).joined(separator: " ")
    let long = noise + " the cat sat on a mat. " + noise
    let pair = #"{"query":"the cat","document":"\#(long)"}"# + "\n"
    func run(_ long: String) throws -> CommandResult {
      try embedCommand(
        ["rerank", "-m", Self.model.path, "--pairs", "--tokens", "--long", long]
      )(Array(pair.utf8))
    }
    let cut = try object(try run("cut").lines[0])
    let chunked = try run("chunk")
    expectRows(chunked, 1)
    let whole = try object(chunked.lines[0])
    #expect(whole["truncated"] as? Bool == false)
    #expect((whole["tokens"] as? Int ?? 0) > 3 * (cut["tokens"] as? Int ?? .max))
    // The beginning is one of the passages, or most of one.
    #expect(whole["score"] is Double)
    expectFailure(
      try run("error"),
      ["stdin, line 1: query and document have more than ", "--long chunk"])
  }

  @Test func aQueryThatLeavesNoRoomIsNamed() throws {
    let query = [String](repeating: "cat", count: 300).joined(separator: " ")
    expectFailure(
      try rerank(query, "--long", "chunk", input: "a mat\n"),
      ["stdin, line 1: the query leaves no room for a document below the limit of "])
  }

  @Test(arguments: [
    ([], "give a QUERY to rank documents for, or --pairs or --lists"),
    (["--pairs", "--lists"], "--pairs and --lists exclude each other"),
    (["--pairs", "--top", "3"], "--pairs prints each row in its place"),
    (["a", "--top", "0"], "--top must be at least 1"),
    (["a", "--columns", "a,b"], "--columns needs --pairs"),
    (["--lists", "--input", "csv"], "--lists reads jsonl or json, not --input csv"),
    (["--pairs", "--field", "x"], "name them with --columns A,B"),
    (["a", "-o", "x.npy"], "nothing is written as .npy"),
    (["a", "--json", "--format", "tsv"], "--json and --format tsv exclude each other"),
    (["a", "--prompt", "x", "--no-prompt"], "exclude each other; give one of them"),
    (["--lists", "--format", "tsv"], "--lists writes JSON lines"),
  ])
  func whatMeansNothingIsWrongUsage(_ arguments: [String], _ words: String) throws {
    let result = try embedCommand(["rerank", "-m", Self.model.path] + arguments)()
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(words), "\(result.stderr)")
  }

  @Test func severalLabelsHaveNoOrder() throws {
    let path = RecordedModel("ce_roberta_nli").path
    expectFailure(
      try rerank("a", input: "b\n", model: path),
      message:
        "\(path) scores 3 labels (`contradiction`, `entailment`, `neutral`), and documents are "
        + "ranked by one; use embed rerank --pairs")
  }

  @Test func anotherKindOfModelIsNamed() throws {
    let result = try rerank("a", input: "b\n", model: Models.tiny)
    #expect(result.ending == .exited(1) && result.stdout.isEmpty)
    #expect(result.stderr.hasPrefix("embed: \(Models.tiny)"), "\(result.stderr)")
  }

  @Test func theDefaultIsNamedByTheEnvironment() throws {
    let model = ["EMBED_RERANKER": Self.model.path]
    let command = try embedCommand(["rerank", "a"], environment: model)
    expectRows(try command(Array("b\n".utf8)), 1)
    let none = try embedCommand(["rerank", "a"], environment: ["EMBED_MODEL": Models.tiny])
    expectFailure(
      try none(Array("b\n".utf8)),
      ["no reranker is named; give one with -m, or set EMBED_RERANKER", "bge-reranker-v2-m3"])
  }

  @Test func aQueryThatIsAFileIsNoted() throws {
    var command = try embedCommand(["rerank", "-m", Self.model.path, "notes.txt"])
    command.folder = folder.path
    let result = try command(Array("a\n".utf8))
    #expect(
      result.stderr
        == "embed: `notes.txt` is taken as a query, and the file of that name is not read; the "
        + "query comes first, then files of documents: embed rerank QUERY FILE\n")
  }
}
