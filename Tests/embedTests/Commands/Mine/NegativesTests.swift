import Foundation
import TestSupport
import Testing

/// `embed mine --negatives`.
@Suite struct NegativesTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test(arguments: try RecordedNegatives.all())
  func rowsAreThoseOfTheReference(_ recorded: RecordedNegatives) throws {
    let result = try mineNegatives(
      ["--quiet", RecordedNegatives.pairs] + recorded.arguments, model: nil)
    let expected = try recorded.rows
    expectRows(result, expected.count)
    for (line, expected) in zip(result.lines, expected) {
      let found = try object(line)
      #expect(Set(found.keys) == Set(expected.keys))
      for (name, value) in expected {
        guard name.hasPrefix("score") else {
          #expect(found[name] as? NSObject == value as? NSObject)
          continue
        }
        expectClose(
          Self.numbers(found[name]), Self.numbers(value), tolerance: 1e-5)
      }
    }
  }

  private static func numbers(_ value: Any?) -> [Float] {
    (value as? [NSNumber] ?? [value as? NSNumber].compactMap { $0 }).map(\.floatValue)
  }

  @Test func theRecordedCasesAreMany() throws {
    #expect(try RecordedNegatives.all().count > 30)
    #expect(try RecordedNegatives.all().filter { try $0.rows.isEmpty }.isEmpty)
  }

  @Test(arguments: [
    ("triplet", #"{"q":"the cat","a":"a cat","negative":"#),
    ("n-tuple", #"{"q":"the cat","a":"a cat","negative_1":"#),
    ("labeled-pair", #"{"q":"the cat","a":"a cat","label":1}"#),
    ("labeled-list", #"{"q":"the cat","a":["a cat",""#),
  ])
  func membersAreInTheReferencesOrder(_ format: String, _ start: String) throws {
    let result = try mineNegatives(
      ["--quiet", "--num-negatives", "1", "--output-format", format],
      input: "q,a\nthe cat,a cat\nthe house,a house\n")
    #expect(result.ending == .exited(0))
    #expect(result.lines.first?.hasPrefix(start) == true, "\(result.text)")
  }

  @Test(arguments: [
    ("pairs.csv", "question,answer\nthe cat,a cat\nthe house,a house\n"),
    ("pairs.csv", "id;question;answer\n7;the cat;a cat\n8;the house;a house\n"),
    ("pairs.tsv", "question\tanswer\nthe cat\ta cat\nthe house\ta house\n"),
    (
      "pairs.jsonl",
      #"{"question":"the cat","id":1,"answer":"a cat"}"# + "\n"
        + #"{"question":"the house","id":2,"answer":"a house"}"# + "\n"
    ),
    ("-", "question,answer\nthe cat,a cat\nthe house,a house\n"),
    // As train has it, questions come before their answers.
    ("pairs.csv", "answer,question\na cat,the cat\na house,the house\n"),
  ])
  func pairsAreReadAsTrainReadsThem(_ name: String, _ text: String) throws {
    let path = name == "-" ? name : try folder.write(name, text)
    let result = try mineNegatives(["--quiet", path], input: name == "-" ? text : "")
    expectRows(result, 2)
    #expect(
      result.lines == [
        #"{"question":"the cat","answer":"a cat","negative":"a house"}"#,
        #"{"question":"the house","answer":"a house","negative":"a cat"}"#,
      ])
  }

  @Test func columnsAndFieldsAreTakenByTheirNames() throws {
    let pairs = try folder.write("p.csv", "a,b,c\nx,the cat,a cat\ny,the house,a house\n")
    let corpus = try folder.write("c.jsonl", #"{"id":1,"body":"the old cat"}"# + "\n")
    let result = try mineNegatives([
      "--quiet", pairs, "--columns", "c,b", "--corpus", corpus, "--field", "body",
      "--output-format", "n-tuple", "--num-negatives", "2",
    ])
    let starts = [#"{"c":"a cat","b":"the cat",""#, #"{"c":"a house","b":"the house",""#]
    let others = [["the house", "the old cat"], ["the cat", "the old cat"]]
    for (line, (start, others)) in zip(result.lines, zip(starts, others)) {
      #expect(line.hasPrefix(start))
      let row = try object(line)
      #expect(["negative_1", "negative_2"].compactMap { row[$0] as? String }.sorted() == others)
    }
    expectRows(result, 2)
  }

  @Test func aSeedDrawsTheSameRows() throws {
    func rows(_ seed: String...) throws -> [String] {
      try mineNegatives(
        [
          "--quiet", RecordedNegatives.pairs, "--corpus", RecordedNegatives.corpus, "--range-max",
          "12", "--sampling-strategy", "random", "--output-scores",
        ] + seed
      ).lines
    }
    let first = try rows()
    #expect(first.count == 36)
    #expect(try rows("--seed", "0") == first)
    #expect(try rows("--seed", "7") == rows("--seed", "7"))
    #expect(try rows("--seed", "7") != first)
  }

  @Test func manyAnchorsHaveWhatEachHasAlone() throws {
    let words = ["cat", "house", "river", "man", "word", "boy", "water", "home", "fox", "people"]
    let texts = (0..<1300).map { index -> String in
      let digits = [index % 10, index / 10 % 10, index / 100 % 10, index / 1000]
      return digits.map { words[$0] }.joined(separator: " ")
    }
    let pairs = try folder.write(
      "pairs.csv", "a,b\n" + texts.map { "where is \($0),\($0)\n" }.joined())
    let all = try mineNegatives(["--quiet", pairs, "--output-format", "n-tuple"]).lines
    #expect(all.count == texts.count)
    let corpus = try folder.write("corpus.txt", texts.map { $0 + "\n" }.joined())
    for row in [0, 1023, 1024, 1299] {
      let alone = try mineNegatives(
        ["--quiet", "--corpus", corpus, "--output-format", "n-tuple", "--threads", "1"],
        input: "a,b\nwhere is \(texts[row]),\(texts[row])\n")
      #expect(alone.lines == [all[row]])
    }
  }

  @Test func trainReadsWhatIsWritten() throws {
    let output = folder.file("triplets.jsonl")
    let result = try mineNegatives(["--quiet", RecordedNegatives.pairs, "--output", output])
    expectRows(result, 0)
    #expect(try folder.names == ["triplets.jsonl"])
    let trained = try embed("train", "-m", Models.tiny, output, "--dry-run")
    #expect(trained.ending == .exited(0), "\(trained.stderr)")
    #expect(trained.stderr.contains("(query, answer, negative)"), "\(trained.stderr)")
  }
}
