import Foundation
import TestSupport
import Testing

/// `embed similarity`.
@Suite struct SimilarityCommandTests {
  @Test func aMatrixThatNeedsMoreMemoryThanMayBeIsRefused() throws {
    let texts = [String](repeating: "a", count: 5000)
    expectFailure(
      try embedCommand(["similarity", "-m", Models.tiny, "--memory", "1G"] + texts)(),
      ["a matrix of the similarities of 5000 texts needs 1.1 GB of memory; ", "1.1 GB that may be"])
  }

  private func similarity(_ arguments: String...) throws -> CommandResult {
    try embedCommand(["similarity", "-m", Models.tiny] + arguments)()
  }

  /// The cosine of two texts, of their vectors.
  private func cosine(_ a: String, _ b: String) throws -> Float {
    let rows = try embed("encode", "-m", Models.tiny, input: "\(a)\n\(b)\n").lines.map(numbers)
    return zip(rows[0], rows[1]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test func twoTextsAreOneNumber() throws {
    let result = try similarity("the cat", "a river")
    expectRows(result, 1)
    expectClose(
      [try #require(Float(result.lines[0]))], [try cosine("the cat", "a river")], tolerance: 1e-6)
    // A sum of 32 rounded squares.
    expectClose(
      [try #require(Float(try similarity("a", "a").lines[0]))], [1], tolerance: 1e-6)
  }

  @Test func moreTextsAreAMatrix() throws {
    let result = try similarity("the cat", "a river", "the house")
    expectRows(result, 3)
    let matrix = result.lines.map { $0.split(separator: "\t").compactMap { Float($0) } }
    #expect(matrix.map(\.count) == [3, 3, 3])
    for row in 0..<3 {
      expectClose([matrix[row][row]], [1], tolerance: 1e-6)
      for column in 0..<3 { #expect(matrix[row][column] == matrix[column][row]) }
    }
    #expect(try similarity("the cat", "a river").lines == ["\(matrix[0][1])"])
  }

  @Test(arguments: ["cosine", "dot", "euclidean", "manhattan"])
  func metricsAreThoseOfTheReference(_ metric: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    // Vectors of other lengths than 1, so that the metrics differ.
    try model.write(
      "modules.json", ModulesTests.listing([("Transformer", ""), ("Pooling", "1_Pooling")]))
    let rows = try model.encode("the cat\na river\n").lines.map { numbers($0).map(Double.init) }
    let pairs = zip(rows[0], rows[1])
    let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    let lengths = rows.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let expected = [
      "cosine": dot / lengths[0] / lengths[1], "dot": dot,
      "euclidean": -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot(),
      "manhattan": -pairs.reduce(0) { $0 + abs($1.0 - $1.1) },
    ][metric]
    for arguments in [["--metric", metric], []] {
      try model.set(
        "similarity_fn_name", in: "config_sentence_transformers.json", to: "\"\(metric)\"")
      let result = try embedCommand(
        ["similarity", "-m", model.path, "the cat", "a river"] + arguments)()
      expectRows(result, 1)
      // 32 products of numbers near 1, in float32.
      expectClose(
        [try #require(Float(result.lines[0]))], [Float(try #require(expected))], tolerance: 1e-4)
    }
  }

  @Test func jsonHoldsTheSameNumbers() throws {
    let two = try object(try similarity("a", "b", "--json").text)
    #expect(two["metric"] as? String == "cosine")
    let plain = try #require(Float(try similarity("a", "b").lines[0]))
    #expect((two["similarity"] as? Double).map { Float($0) } == plain)
    let three = try object(try similarity("a", "b", "c", "--json").text)
    #expect(three["texts"] as? [String] == ["a", "b", "c"])
    #expect((three["similarities"] as? [[Double]])?.map(\.count) == [3, 3, 3])
  }

  @Test(arguments: [
    ("a.csv", "sentence1,sentence2\nthe cat,a river\na,a\n"),
    ("a.csv", "score,sentence2,sentence1\n1,a river,the cat\n2,a,a\n"),
    ("a.csv", "the cat,a river\na,a\n"), ("a.csv", "the cat,a river,0.5\r\n\"a\",a,1\r\n"),
    ("a.csv", "\n\nthe cat,a river\n\na,a"),
    ("a.tsv", "sentence1\tsentence2\nthe cat\ta river\na\ta\n"),
    ("a.tsv", "the cat\ta river\na\ta"),
    (
      "a.jsonl",
      #"{"sentence1":"the cat","sentence2":"a river"}"# + "\n\n"
        + #"{"score":1,"sentence2":"a","sentence1":"a"}"#
    ),
  ])
  func pairsAreANumberALine(_ name: String, _ text: String) throws {
    let folder = try ScratchFolder()
    let result = try similarity("--pairs", try folder.write(name, text))
    expectRows(result, 2)
    #expect(try result.lines[0] == similarity("the cat", "a river").lines[0])
    #expect(try result.lines[1] == similarity("a", "a").lines[0])
  }

  @Test func pairsCanBeJson() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.csv", "the cat,\"a \"\"river\"\"\"\n")
    let result = try similarity("--pairs", file, "--json")
    expectRows(result, 1)
    let pair = try object(result.text)
    #expect(pair["sentence1"] as? String == "the cat")
    #expect(pair["sentence2"] as? String == "a \"river\"")
    #expect(pair["similarity"] is Double)
  }

  @Test func manyPairsAreInOrder() throws {
    let folder = try ScratchFolder()
    let texts = variedTexts(2100)
    let pairs = zip(texts, texts.reversed()).map { "\"\($0)\",\"\($1)\"" }
    let all = try similarity(
      "--quiet", "--pairs", try folder.write("a.csv", pairs.joined(separator: "\n")))
    expectRows(all, 2100)
    let some = try similarity(
      "--quiet", "--pairs", try folder.write("b.csv", pairs[2000...].joined(separator: "\n")))
    #expect(Array(all.lines[2000...]) == some.lines)
  }

  @Test(arguments: [
    ("a.csv", "sentence1,sentence2\na,b\nc\n", ["line 3", "1 cell"]),
    ("a.csv", "a,b\n\"c,d\n", ["line 2", "quote"]),
    ("a.jsonl", "{\"sentence1\":\"a\"}", ["line 1", "sentence2"]),
    ("a.jsonl", "x\n", ["line 1"]), ("a.jsonl", "[1]\n", ["line 1", "object"]),
    ("a.tsv", "a\n", ["line 1", "1 cell"]),
    ("a.csv", "sentence1,other\na,b\n", ["line 1", "no column `sentence2`"]),
  ])
  func badPairsAreNamed(_ name: String, _ text: String, _ words: [String]) throws {
    let folder = try ScratchFolder()
    let result = try similarity("--pairs", try folder.write(name, text))
    #expect(result.ending == .exited(1))
    for word in words + [name] { #expect(result.stderr.contains(word), "\(result.stderr)") }
  }

  @Test func pairsHaveOtherColumns() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.csv", "n,left,right\n1,the cat,a river\n")
    let result = try similarity("--pairs", file, "--columns", "left,right")
    expectRows(result, 1)
    #expect(try result.text == similarity("the cat", "a river").text)
    expectFailure(
      try similarity("--pairs", file, "--columns", "left,up"),
      message: "\(folder.path)/a.csv, line 1: no column `up`; this row has `n`, `left`, "
        + "`right`, should name `left`, `up`")
    for wrong in [["--pairs", file, "--columns", "left"], ["a", "b", "--columns", "a,b"]] {
      #expect(try embedCommand(["similarity"] + wrong)().ending == .exited(64))
    }
  }

  @Test func aMissingFileOfPairsIsNamed() throws {
    expectFailure(
      try similarity("--pairs", "/nowhere/a.csv"),
      message: "/nowhere/a.csv: cannot open: No such file or directory; check the path")
  }

  @Test func promptsApply() throws {
    let prompted = try similarity("the cat", "a river", "--prompt-name", "query")
    #expect(try prompted.text == similarity("find: the cat", "find: a river").text)
  }
}
