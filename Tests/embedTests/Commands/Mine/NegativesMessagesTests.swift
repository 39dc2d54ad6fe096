import Foundation
import TestSupport
import Testing

/// What `embed mine --negatives` says: at its end, of wrong input, of wrong usage.
@Suite struct NegativesMessagesTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static let pairs = "q,a\nthe cat,a cat\nthe cat,one cat\nthe house,a house\n"

  @Test func theEndSaysWhatThereIsAndWhatIsMissing() throws {
    let result = try mineNegatives([], input: Self.pairs)
    #expect(result.ending == .exited(0))
    #expect(result.lines.count == 4)
    let lines = result.stderr.split(separator: "\n").map(String.init)
    #expect(lines.count == 2, "\(result.stderr)")
    #expect(
      lines[0].hasPrefix(
        "embed: 4 rows of 2 anchors with 3 positives and 3 negatives, from 3 texts; mean score 0."))
    #expect(
      lines[1]
        == "embed: 2 anchors got fewer than 3 negatives: 3 are missing; for more, change --range-max "
        + "(5) or give more texts with --corpus")
  }

  @Test func limitsSayWhatTheyLeftOut() throws {
    let result = try mineNegatives(
      ["--max-score", "-0.99", "--num-negatives", "1", "--output-format", "n-tuple"],
      input: Self.pairs)
    expectWords(
      result,
      [
        "0 rows of 2 anchors with 3 positives and 0 negatives, from 3 texts;", "none of negatives",
        "--max-score -0.99 left out 3 candidates\n",
        "2 anchors got fewer than 1 negative, 2 of them none, and no row: 2 are missing; for more, "
          + "change --range-max (12), --max-score or give more texts with --corpus",
      ])
  }

  @Test func fewTextsForTheRangeAreSaid() throws {
    let result = try mineNegatives(["--range-max", "50"], input: Self.pairs)
    expectWords(result, ["--range-max is 50, and there are 3 texts: all are looked at\n"])
  }

  @Test func otherColumnsOfTextsAreSaid() throws {
    let result = try mineNegatives([], input: "q,a,more\nthe cat,a cat,x\nthe house,a house,y\n")
    expectWords(
      result,
      ["anchors are `q` and positives `a`, of the columns `q`, `a`, `more`; --columns A,B takes"])
  }

  @Test func positivesThatMayBeLeftOutAreSaid() throws {
    let result = try mineNegatives(
      ["--include-positives", "--range-min", "1", "--num-negatives", "1"], input: Self.pairs)
    expectWords(result, ["--include-positives leaves positives among the texts, and --range-min"])
  }

  private func expectWords(_ result: CommandResult, _ words: [String]) {
    #expect(result.ending == .exited(0), "\(result.stderr)")
    for word in words { #expect(result.stderr.contains(word), "\(result.stderr)") }
  }

  @Test(arguments: [
    ("", "stdin: no rows, or only a header; give a file with a row for each example"),
    ("q,a\n", "stdin: no rows, or only a header; give a file with a row for each example"),
    (
      "q,a\nthe cat,a cat\nthe house,\n",
      "stdin, line 3: `a` is empty, should be a text; fill it in, or leave the row out"
    ),
    (
      "q,a\nthe cat,a cat\n  ,a house\n",
      "stdin, line 3: `q` is empty, should be a text; fill it in, or leave the row out"
    ),
    (
      "anchor\nthe cat\n",
      "stdin: only `anchor` has texts, should be two columns: anchors and positives; name them with "
        + "--columns A,B"
    ),
    (
      "q,negative\nthe cat,a house\n",
      "stdin: column `negative` is called as what is written beside it; rename it, or name other "
        + "columns with --columns A,B"
    ),
    (
      "{\"q\":\"the cat\",\"a\":\"a cat\"}\n{\"q\":\"the cat\",\"a\":null}\n",
      "stdin, line 2: `a` is null, should be a string"
    ),
    (
      "q,a\nthe cat,a cat\nthe house\n",
      "stdin, line 3: 1 cell, the header has 2; quote cells that "
        + "contain what is between cells"
    ),
  ])
  func wrongPairsAreSaid(_ input: String, _ message: String) throws {
    expectFailure(try mineNegatives(["--quiet"], input: input), message: message)
  }

  @Test func aRangeThatSkipsAllTextsIsSaid() throws {
    expectFailure(
      try mineNegatives(["--quiet", "--range-min", "3"], input: Self.pairs),
      message:
        "--range-min 3 skips all 3 texts that negatives could be; lower it, or give more texts with "
        + "--corpus FILE")
  }

  @Test func aCorpusThatCannotBeReadIsSaid() throws {
    let corpus = try folder.write("corpus.jsonl", "{\"text\":\"a\"}\n{\"text\":1}\n")
    let wrong = try mineNegatives(["--quiet", "--corpus", corpus], input: Self.pairs)
    expectFailure(wrong, message: "\(corpus), line 2: `text` is 1, should be a string")
    let missing = try mineNegatives(
      ["--quiet", "--corpus", folder.file("nothing.txt")], input: Self.pairs)
    expectFailure(missing, ["nothing.txt"])
  }

  @Test func emptyTextsOfTheCorpusAreSaid() throws {
    let corpus = try folder.write("corpus.txt", "the old cat\n\n")
    let result = try mineNegatives(["--corpus", corpus], input: Self.pairs)
    expectWords(result, ["\(corpus): has an empty text, which may become a negative"])
    let nothing = try folder.write("nothing.txt", "")
    expectFailure(
      try mineNegatives(["--quiet", "--corpus", nothing], input: Self.pairs),
      message: "\(nothing): no texts; give a file with a text in each row, or no --corpus")
  }

  @Test func aJudgeThatIsNoRerankerIsSaid() throws {
    let result = try mineNegatives(
      ["--quiet", "--rerank", Models.tiny, "--max-score", "1"], input: Self.pairs)
    expectFailure(result, [Models.tiny, "rerank"])
    let several = try mineNegatives(
      ["--quiet", "--rerank", RecordedModel("ce_roberta_nli").path, "--max-score", "1"],
      input: Self.pairs)
    expectFailure(several, ["documents are ranked by one"])
  }

  @Test func aRerankerIsNoModelToSearchWith() throws {
    let result = try mineNegatives(["--quiet"], model: RecordedNegatives.judge, input: Self.pairs)
    expectFailure(result, [RecordedNegatives.judge, "rerank"])
  }

  @Test func memoryIsBounded() throws {
    // What is read together is more than all that may be held.
    let words = String(repeating: " sat", count: 400)
    let corpus = try folder.write(
      "corpus.txt", (0..<40_000).map { "the cat \($0)\(words)\n" }.joined())
    let result = try mineNegatives(
      ["--quiet", "--memory", "60M", "--corpus", corpus], input: Self.pairs)
    expectFailure(result, ["holding", "texts and more needs", "of memory", "(--memory)"])
  }

  @Test(
    arguments: [
      (["--corpus", "x.txt"], "--corpus needs --negatives"),
      (["--output-scores"], "--output-scores needs --negatives"),
      (["--negatives", "--top", "3"], "--top is for pairs of one corpus; leave it out with"),
      (["--negatives", "--prompt", "x"], "with --negatives anchors have a --query-prompt-name"),
      (["--negatives", "--input", "lines"], "--input lines has no columns"),
      (["--negatives", "--field", "x"], "--field says which text of --corpus FILE counts"),
      (
        ["--negatives", "p.csv", "--corpus", "c.txt", "--field", "x"],
        "--field has no effect on lines, as which c.txt is read"
      ),
      (["--negatives", "--corpus", "-"], "pairs and --corpus - cannot both be standard input"),
      (["--negatives", "--columns", "a"], "--columns takes 2 different names between commas"),
      (["--negatives", "--num-negatives", "0"], "--num-negatives is 0, should be 1 to"),
      (["--negatives", "--range-min", "-1"], "--range-min is -1, should be 0 to 1,000,000,000"),
      (
        ["--negatives", "--range-min", "2", "--range-max", "4"],
        "--range-max 4 leaves 2 texts behind the 2 of --range-min, and 3 are wanted"
      ),
      (
        ["--negatives", "--min-score", "0.5", "--max-score", "0.4"],
        "--min-score 0.5 is above --max-score 0.4; no text is between them"
      ),
      (
        ["--negatives", "--max-score", "inf"], "--max-score is inf, should be a number such as 0.5"
      ),
      (
        ["--negatives", "--rerank", "x"],
        "--rerank scores texts for --max-score, --min-score, --absolute-margin and --relative-margin"
      ),
      (["--negatives", "--seed", "3"], "--seed needs --sampling-strategy random"),
      (
        ["--negatives", "--sampling-strategy", "best"], "Please provide one of 'top' and 'random'."
      ),
      (
        ["--negatives", "--include-positives", "--output-format", "triplet"],
        "--include-positives writes a ranking, which is --output-format n-tuple, not triplet"
      ),
      (
        ["--negatives", "--query-prompt", "x", "--query-prompt-name", "query"],
        "--query-prompt-name and --query-prompt exclude each other; give one of them"
      ),
      (
        ["--negatives", "--output", "x.tsv"],
        "--output x.tsv: its ending is .tsv, what is written are JSON lines"
      ),
    ] as [([String], String)])
  func wrongUsageIsSaid(_ arguments: [String], _ message: String) throws {
    let result = try embedCommand(["mine"] + arguments)()
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(message), "\(result.stderr)")
  }
}
