import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// A tokenizer, and what the reference makes of pairs of texts with it.
private struct RecordedPairs: CustomTestStringConvertible, Sendable {
  static let all = Fixture.folders("pairs").map(Self.init)

  let testDescription: String

  /// The rows behind the first, which says the tokenizer.
  func read() throws -> (Tokenizer, rows: ArraySlice<JSON>) {
    let rows = try Fixture.lines(Fixture.path("pairs/\(testDescription)"))
    let recorded = RecordedTokenizer(name: try rows[0].string("tokenizer"))
    let processor = JSONValue.optional(try rows[0].present("post_processor"), JSONValue.init)
    let json = try recorded.json().replacing([("post_processor", processor)])
    return (try Tokenizer(json), rows.dropFirst())
  }
}

extension Tokenizer {
  fileprivate func encode(
    _ first: [UInt8], pair second: [UInt8], limit: Int? = nil,
    _ strategy: TruncationStrategy = .longestFirst
  ) throws -> Encoding {
    try first.withUnsafeBytes { first in
      try second.withUnsafeBytes {
        try encode(first, pair: $0, limit: limit, truncation: strategy)
      }
    }
  }

  fileprivate func encode(
    _ first: String, pair second: String, limit: Int? = nil,
    _ strategy: TruncationStrategy = .longestFirst
  ) throws -> Encoding {
    try encode(Array(first.utf8), pair: Array(second.utf8), limit: limit, strategy)
  }
}

@Suite struct PairTests {
  @Test(arguments: RecordedPairs.all)
  fileprivate func everyRecordedPairHasTheReferencesIDs(recorded: RecordedPairs) throws {
    var (tokenizer, rows) = try recorded.read()
    for row in rows {
      let strategy = TruncationStrategy(rawValue: try row.string("strategy", default: ""))
      tokenizer.truncationDirection = try row.string("side", default: "") == "left" ? .left : .right
      let encode = {
        try tokenizer.encode(
          row.value("first").bytes(), pair: row.value("second").bytes(),
          limit: row.present("limit")?.int(), strategy ?? .longestFirst)
      }
      if row["error"] != nil {
        #expect(throws: FileError.self) { try encode() }
        continue
      }
      let encoding = try encode()
      #expect(try encoding.ids == row.ints("ids"), "\(row)")
      #expect(try encoding.segments == row.ints("segments"), "\(row)")
    }
  }

  @Test func fixturesAreThere() { #expect(RecordedPairs.all.count == 11) }

  @Test(arguments: ["pairs.jsonl", "pairs-flaubert.jsonl"])
  func pairsOfFoldersWithoutTokenizerJSONHaveTheReferencesIDs(file: String) throws {
    let rows = try Fixture.lines("\(RecordedFolder.root)/\(file)")
    #expect(rows.count >= 16)
    for row in rows {
      let folder = try row.string("folder")
      let tokenizer = try TokenizerFiles.tokenizer(
        folder: RecordedFolder(name: folder).path, modelType: row.string("model_type"))
      let encoding = try tokenizer.encode(
        row.value("first").bytes(), pair: row.value("second").bytes())
      #expect(try encoding.ids == row.ints("ids"), "\(folder)")
      #expect(try encoding.segments == row.ints("segments"), "\(folder)")
    }
  }

  private func template(_ pair: String) -> MadeTokenizer {
    var made = MadeTokenizer()
    made.postProcessor =
      #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],\#(pair)"#
      + #""special_tokens":{"x":{"ids":[7,8]}}}"#
    return made
  }

  @Test(arguments: [
    (
      "",
      "tokenizer.json: `post_processor.pair` is missing, should be an array"
    ),
    (
      #""pair":[{"Sequence":{"id":"A","type_id":0}}],"#,
      "tokenizer.json: `post_processor.pair` names sequence `A` 1 times and `B` 0 times, should "
        + "name each once for a pair of texts"
    ),
    (
      #""pair":[{"Sequence":{"id":"C","type_id":0}}],"#,
      "tokenizer.json: `post_processor.pair[0]` names sequence `C`, should be `A` or `B`"
    ),
    (
      #""pair":[{"SpecialToken":{"id":"y","type_id":0}}],"#,
      "tokenizer.json: `post_processor.pair[0]` names `y`, which is not in "
        + "`special_tokens`"
    ),
  ])
  func aPairThatNobodyUnderstandsIsAnErrorForPairsAlone(pair: String, message: String) throws {
    let tokenizer = try template(pair)()
    #expect(try tokenizer.encode("a").ids == [1])
    let encoded = #expect(throws: FileError.self) { try tokenizer.encode("a", pair: "b") }
    #expect(encoded?.description == message)
    #expect(throws: FileError.self) { try tokenizer.pairRequirements() }
  }

  @Test func aPairAsksForWhatItsTemplateAdds() throws {
    let tokenizer = try template(
      #""pair":[{"Sequence":{"id":"B","type_id":3}},{"SpecialToken":{"id":"x","type_id":0}},"#
        + #"{"Sequence":{"id":"A","type_id":0}}],"#)()
    #expect(tokenizer.vocabularyCount == 5)
    #expect(tokenizer.segmentCount == 1)
    let requirements = try tokenizer.pairRequirements()
    #expect(requirements.specialCount == 2)
    #expect(requirements.vocabularyCount == 9)
    #expect(requirements.segmentCount == 4)
    let encoding = try tokenizer.encode("a", pair: "b b")
    #expect(
      encoding == Encoding(ids: [3, 3, 7, 8, 1], segments: [3, 3, 0, 0, 0], truncated: false))
  }

  @Test func aPairThatFitsIsNotTruncated() throws {
    let tokenizer = try MadeTokenizer()()
    #expect(try !tokenizer.encode("a a", pair: "b", limit: 3).truncated)
    let cut = try tokenizer.encode("a a", pair: "b", limit: 2)
    #expect(cut == Encoding(ids: [1, 3], segments: [0, 1], truncated: true))
  }

  @Test func whatAStrategyCannotCutIsNamed() throws {
    var made = MadeTokenizer()
    made.postProcessor = #"{"type":"BertProcessing","cls":["c",5],"sep":["s",9]}"#
    let tokenizer = try made()
    let error = #expect(throws: FileError.self) {
      try tokenizer.encode("a", pair: "b b b", limit: 5, .onlyFirst)
    }
    #expect(
      error?.description
        == "the second text has 2 tokens or more, all that a limit of 5 tokens leaves beside 3 "
        + "special tokens, and `only_first` does not cut it; raise the limit or use "
        + "`longest_first`")
    #expect(throws: FileError.self) { try tokenizer.encode("a", pair: "b", limit: 3) }
  }

  /// Of two texts that are each too long the longer one keeps the odd token, however long they are.
  @Test(arguments: [(40, 50, [1, 3, 3]), (50, 40, [1, 1, 3]), (50, 50, [1, 3, 3])])
  func theLongerTextKeepsTheOddToken(first: Int, second: Int, ids: [Int32]) throws {
    let tokenizer = try MadeTokenizer()()
    let text = { (word: String, count: Int) in String(repeating: word + " ", count: count) }
    let encoding = try tokenizer.encode(text("a", first), pair: text("b", second), limit: 3)
    #expect(encoding.ids == ids)
  }
}
