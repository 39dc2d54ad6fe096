import Foundation
import TestSupport
import Testing

/// What results keep of the rows that they are of.
@Suite struct KeptMembersTests {
  private let folder: ScratchFolder
  private static let long = String(repeating: "x", count: 1023)

  init() throws {
    folder = try ScratchFolder()
    try folder.write(
      "rows.jsonl",
      """
      {"id": "p7", "text": "the cat", "n": [1, 2], "score": 3}
      {"text": "a river", "id": 8.50, "more": {"a": null}, "abstract": "\(Self.long)"}

      """)
    try folder.write(
      "rows.csv", "id,title,body\n7,\"a \"\"b\"\"\",the cat\n8,,a river\n")
    try folder.write("notes.txt", "the cat\na river\n")
    try folder.write("named.jsonl", #"{"id":1,"text":"other","body":"the cat"}"# + "\n")
  }

  private func run(_ arguments: [String]) throws -> CommandResult {
    let paths = arguments.map {
      ["rows.jsonl", "rows.csv", "notes.txt", "named.jsonl"].contains($0) ? folder.file($0) : $0
    }
    return try embedCommand([paths[0], "-m", Models.tiny] + paths.dropFirst())()
  }

  /// Of each command the line of the text `the cat`, but for its numbers.
  private static let cases: [(arguments: [String], words: [String])] = [
    (
      ["search", "--corpus", "rows.jsonl", "--top", "1", "the cat"],
      [#""hits":[{"id":"p7","n":[1, 2],"row":0,"score":"#, #","text":"the cat"}]"#]
    ),
    (
      ["search", "--corpus", "rows.csv", "--field", "body", "the cat"],
      [#"{"id":"7","title":"a \"b\"","body":"the cat","row":0,"score":"#]
    ),
    (
      ["search", "--corpus", "rows.csv", "--field", "body", "--fields", "title, id", "the cat"],
      [#"{"id":"7","title":"a \"b\"","row":0,"score":"#]
    ),
    (
      ["cluster", "--kmeans", "1", "rows.jsonl", "--fields", ""],
      [#"{"row":0,"text":"the cat","cluster":0}"#]
    ),
    (
      ["search", "--corpus", "notes.txt", "the cat"],
      [#""hits":[{"row":0,"score":"#]
    ),
    (
      ["search", "--corpus", "rows.jsonl", "--fields", "abstract", "the cat"],
      [#"[{"row":0,"score":"#, #"{"abstract":"x"#]
    ),
    (
      ["cluster", "--kmeans", "1", "rows.jsonl"],
      [#"{"id":"p7","n":[1, 2],"score":3,"row":0,"text":"the cat","cluster":0}"#]
    ),
    (
      ["mine", "rows.jsonl"],
      [#""a":{"id":"p7","n":[1, 2],"score":3,"row":0,"text":"the cat"},"b":{"id":8.50,"more":{"#]
    ),
    (
      ["cluster", "--kmeans", "1", "named.jsonl", "--field", "body"],
      [#"{"id":1,"body":"the cat","row":0,"text":"the cat","cluster":0}"#]
    ),
  ]

  @Test(arguments: cases)
  func resultsBeginWithThem(_ arguments: [String], _ words: [String]) throws {
    let result = try run(arguments)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    for words in words { #expect(result.text.contains(words), "\(result.text)") }
    for line in result.lines { _ = try object(line) }
  }

  /// A value of 1,025 bytes with its quotes is left out where nobody asked for it.
  @Test func longOnesAreLeftOut() throws {
    let result = try run(["cluster", "--kmeans", "1", "rows.jsonl"])
    #expect(!result.text.contains("abstract"))
    try folder.write("rows.jsonl", #"{"text":"a","b":"\#(Self.long.dropLast())"}"# + "\n")
    #expect(try run(["cluster", "--kmeans", "1", "rows.jsonl"]).text.contains(#""b":"x"#))
  }

  @Test func savedVectorsAreSearchedSo() throws {
    let saved = folder.file("rows.npy")
    let first = try run(["search", "--corpus", "rows.jsonl", "--save", saved, "the cat"])
    let again = try run(["search", "--corpus", "rows.jsonl", "--vectors", saved, "the cat"])
    #expect(first.text == again.text && again.text.contains(#"{"id":"p7""#))
  }

  @Test func whatOursStandForIsSaidOnce() throws {
    let result = try run(["search", "--corpus", "rows.jsonl", "the cat"])
    #expect(result.stderr.contains("the rows' own `score` is replaced by the result's"))
    for (fields, isSaid) in [("id,score", true), ("id", false)] {
      let chosen = try run(["search", "--corpus", "rows.jsonl", "--fields", fields, "the cat"])
      #expect(chosen.stderr.contains("own `score` is replaced") == isSaid, "\(chosen.stderr)")
    }
    #expect(try run(["mine", "rows.jsonl"]).stderr.contains("replaced") == false)
    #expect(
      try run(["cluster", "--kmeans", "1", "named.jsonl", "--field", "body"]).stderr.contains(
        "the rows' own `text` is replaced by the result's"))
  }

  @Test(arguments: [
    (
      ["cluster", "--kmeans", "1", "rows.jsonl"],
      "no row has `nme`; there are `abstract`, `id`, `more`"
    ),
    (["mine", "notes.txt"], "no row has `nme`: rows are texts alone"),
    (
      ["search", "--corpus", "rows.csv", "--field", "body", "x"],
      "no row has `nme`; there are `body`"
    ),
  ])
  func aFieldThatIsNowhereIsRefused(_ arguments: [String], _ words: String) throws {
    let result = try run(arguments + ["--fields", "nme"])
    #expect(result.ending == .exited(1) && result.text.isEmpty)
    #expect(result.stderr.contains("--fields: " + words), "\(result.stderr)")
  }
}
