import Foundation
import TestSupport
import Testing

/// `embed rerank --lists`.
@Suite struct RerankListsTests {
  private static let model = RecordedModel("ce_bert")

  private func rank(_ arguments: String..., input: String) throws -> CommandResult {
    try embedCommand(
      ["rerank", "-m", Self.model.path, "--lists"] + arguments)(Array(input.utf8))
  }

  @Test func listsAreInTheOrderOfSingleRankings() throws {
    let texts = ["the cat", "a river", "a mat by the house"]
    let list = texts.map { "\"\($0)\"" }.joined(separator: ",")
    let result = try rank(
      input: #"{"id":1,"query":"the cat","documents":[\#(list)],"more":[1, 2]}"# + "\n")
    expectRows(result, 1)
    #expect(result.lines[0].hasPrefix(#"{"id":1,"query":"the cat","more":[1, 2],"hits":[{"row":"#))
    let single = try embed(
      "rerank", "-m", Self.model.path, "the cat", input: texts.map { $0 + "\n" }.joined())
    let expected = try single.lines.map(object)
    let found = try hits(result.lines[0])
    #expect(found.map { $0["row"] as? Int } == expected.map { $0["row"] as? Int })
    #expect(found.map { $0["score"] as? Double } == expected.map { $0["score"] as? Double })
    #expect(found.map { $0["text"] as? String } == expected.map { $0["text"] as? String })
  }

  @Test func objectsKeepTheirMembers() throws {
    let result = try rank(
      "--top", "1",
      input: #"{"query":"a","documents":[{"id": "x","text":"b","url":"/b"}]}"# + "\n")
    expectRows(result, 1)
    #expect(
      result.lines[0].hasPrefix(#"{"query":"a","hits":[{"id": "x","url":"/b","row":0,"score":"#))
    #expect(result.lines[0].hasSuffix(#","text":"b"}]}"#))
  }

  @Test func hitsOfASearchArePipedIn() throws {
    let folder = try ScratchFolder()
    let notes = try folder.write("notes.txt", "the cat\na river\nthe house\na mat\n")
    let found = try embed(
      "search", "-m", Models.tiny, "--corpus", notes, "--top", "3", "the cat", "a river")
    let result = try rank(input: found.text)
    expectRows(result, 2)
    for (line, before) in zip(result.lines, found.lines) {
      let (after, first) = (try hits(line), try hits(before))
      #expect(Set(after.map { $0["row"] as? Int }) == Set(first.map { $0["row"] as? Int }))
      for hit in after {
        let same = try #require(first.first { $0["row"] as? Int == hit["row"] as? Int })
        #expect(hit["text"] as? String == same["text"] as? String)
        #expect(hit["retrieved"] as? Double == same["score"] as? Double)
      }
      let scores = after.compactMap { $0["score"] as? Double }
      #expect(scores == scores.sorted(by: >))
    }
  }

  @Test(arguments: [
    ("{}", "no `query`; the object has no members, should have query, and documents: a list"),
    (#"{"query":1,"documents":[]}"#, "`query` is 1, should be a string"),
    (#"{"query":"a"}"#, "no `documents`; the object has `query`"),
    (#"{"query":"a","documents":"b"}"#, "`documents` is "),
    (#"{"query":"a","documents":["b",1]}"#, "document 2 is 1, should be a text, or an object"),
    (#"{"query":"a","documents":[{"body":"b"}]}"#, "document 1 has no `text`; it has `body`"),
    (#"{"query":"a","documents":[{"text":null}]}"#, "`text` of document 1 is null"),
    ("x", "line 1"),
  ])
  func badRowsAreNamed(_ row: String, _ words: String) throws {
    let good = #"{"query":"a","documents":[]}"# + "\n"
    let result = try rank(input: good + row + "\n")
    #expect(result.ending == .exited(1))
    #expect(result.lines == [#"{"query":"a","hits":[]}"#])
    if words != "line 1" {
      #expect(result.stderr.contains("stdin, line 2: \(words)"), "\(result.stderr)")
    }
    let all = try rank("--on-error", "null", input: good + row + "\n" + good)
    #expect(all.ending == .exited(0) && all.lines.count == 3)
    #expect(try object(all.lines[1])["hits"] is NSNull)
    #expect(try object(all.lines[1])["error"] is String)
  }
}
