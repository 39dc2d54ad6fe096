import ModelFiles
import NIOCore
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct BodyTests {
  private static func request(_ body: [UInt8]) -> Request {
    Request(
      method: "POST", path: "/v1/embeddings", query: "", headers: HTTPHeaders(), body: body,
      id: "", arrived: .now())
  }

  private static func body(_ text: [UInt8]) throws -> Body { try Body(request(text)) }

  private static func body(_ text: String) throws -> Body { try body(Array(text.utf8)) }

  @Test(arguments: [
    "", "{", "[]", "null", "7", "\"text\"", #"{"input":}"#, #"{"input":"a",}"#, "{'input':'a'}",
    #"{"input":"a"} x"#, "{\"input\":\"a\nb\"}", #"{"input":"\x"}"#, #"{"input":null}"#, "{}",
    #"{"input":7}"#, #"{"input":true}"#, #"{"input":{}}"#, #"{"input":[]}"#, #"{"input":[null]}"#,
    #"{"input":["a",7]}"#, #"{"input":["a",null]}"#, #"{"input":["a",["b"]]}"#,
    #"{"input":[["a"],"b"]}"#, #"{"input":[[]]}"#, #"{"input":[[1.5]]}"#, #"{"input":[[-1]]}"#,
    #"{"input":[1e99]}"#, #"{"input":[1,"a"]}"#, #"{"input":[1,[2]]}"#,
    #"{"input":[2147483648]}"#, #"{"input":NaN}"#, #"{"input":"\ud800"}"#,
    #"{"input":"\ud800 alone"}"#, "\u{FEFF}{}", "\u{0}\u{0}\u{0}", "<html>",
    #"{"input":["# + String(repeating: "[", count: 100_000),
    String(repeating: #"{"a":"#, count: 50_000),
  ])
  func whatIsNoRequestIsRefused(text: String) throws {
    let problem = try #require(throws: Problem.self) {
      try Self.body(text).texts("input", most: 8)
    }
    #expect(problem.status == 400)
    #expect(8...1000 ~= problem.message.utf8.count)
  }

  @Test(arguments: [[0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC0, 0x80]])
  func textsShouldBeUTF8(bytes: [UInt8]) throws {
    let text = Array(#"{"input":""#.utf8) + bytes + Array(#""}"#.utf8)
    #expect(throws: Problem.self) { try Self.body(text) }
  }

  @Test(arguments: [
    (#"{"input":"a"}"#, ["a"]), (#"{"input":["a",""]}"#, ["a", ""]),
    (#"{"input":[1,2]}"#, ["1 2"]), (#"{"input":[[1,2],[3]]}"#, ["1 2", "3"]),
    (#"{"input":"first","input":"\u0041"}"#, ["A"]), (#"{"x":[{}],"input":"\ud83d\ude00"}"#, ["😀"]),
  ])
  func textsAndTokens(text: String, expected: [String]) throws {
    #expect(try Self.body(text).texts("input", most: 2).map(Self.words) == expected)
  }

  private static func words(_ input: Input) -> String {
    switch input {
    case .text(let text): String(decoding: text, as: UTF8.self)
    case .ids(let ids): ids.map { "\($0)" }.joined(separator: " ")
    }
  }

  @Test func bothMayBeInOneListWhereThatIsAllowed() throws {
    let body = try Self.body(#"{"content":["a",[1]]}"#)
    #expect(try body.texts("content", most: 2, .mixed).map(Self.words) == ["a", "1"])
  }

  @Test func tooManyTextsAreCounted() throws {
    let problem = try #require(throws: Problem.self) {
      try Self.body(#"{"input":["a","b","c"]}"#).texts("input", most: 2)
    }
    #expect(problem.kind == .tooLarge)
    #expect(problem.message.contains("at most 2"))
    #expect(problem.parameter == "input")
  }

  @Test(arguments: ["0", "-1", "\"9\"", "1.5", "true", "[]", "1e2", "99999999999999999999"])
  func dimensionsAreAWholeNumber(text: String) throws {
    let problem = try #require(throws: Problem.self) {
      try Self.body("{\"dimensions\":\(text)}").integer("dimensions", from: 1)
    }
    #expect(problem.message.contains("dimensions"))
    #expect(problem.parameter == "dimensions")
  }

  @Test func nullIsAsIfAMemberWereNotThere() throws {
    let body = try Self.body(#"{"a":null}"#)
    #expect(try body.string("a") == nil)
    #expect(try body.bool("a") == nil)
    #expect(try body.integer("a", from: 0) == nil)
    #expect(try body.word("a", AnswerForm.self) == nil)
    #expect(throws: Problem.self) { try body.texts("a", most: 1) }
  }

  @Test func wordsAreTakenInAnyCase() throws {
    #expect(try VectorEncoding(Self.body(#"{"encoding_format":"Base64"}"#)) == .base64)
    #expect(try VectorEncoding(Self.body("{}")) == .float)
    for wrong in ["\"md5\"", "7", "\"int8\"", "\"uint8\""] {
      let problem = #expect(throws: Problem.self) {
        try VectorEncoding(Self.body("{\"encoding_format\":\(wrong)}"))
      }
      for known in VectorEncoding.allCases {
        #expect(problem?.message.contains(known.rawValue) == true)
      }
    }
  }

  @Test(arguments: [
    ("{}", nil), (#"{"a":null,"b":null}"#, nil), (#"{"a":1}"#, 1), (#"{"b":1}"#, 1),
    (#"{"a":1,"b":1}"#, 1), (#"{"a":null,"b":2}"#, 2),
  ])
  func oneThingMayHaveSeveralNames(text: String, expected: Int?) throws {
    let body = try Self.body(text)
    #expect(try body.one(of: ["a", "b"]) { try body.integer($0, from: 1) } == expected)
  }

  @Test func namesForOneThingAgree() throws {
    let body = try Self.body(#"{"a":1,"b":1,"c":2}"#)
    let problem = try #require(throws: Problem.self) {
      try body.one(of: ["a", "b", "c"]) { try body.integer($0, from: 1) }
    }
    #expect(problem.message.contains("`a` and `c`"))
    #expect(problem.parameter == "c")
  }

  @Test func textsMayStandInObjectsWhereThatIsAllowed() throws {
    let body = try Self.body(#"{"input":[{"text":"a","x":1},"b",{"image":null,"text":""}]}"#)
    #expect(try body.texts("input", most: 3, .inObjects).map(Self.words) == ["a", "b", ""])
    #expect(throws: Problem.self) { try body.texts("input", most: 3) }
  }

  @Test(arguments: [
    (#"{"image":"aGk="}"#, "`input[1].image` cannot be read"),
    (#"{"text":"a","url":"x"}"#, "`input[1].url` cannot be read"),
    (#"{"bytes":"aGk="}"#, "no images"), ("{}", "`input[1]` should be a string"),
    (#"{"text":7}"#, "`text`"), ("[1]", "a string as `input[0].text` is"),
  ])
  func whatIsNoTextInAnObjectIsRefused(element: String, words: String) throws {
    let body = try Self.body(#"{"input":[{"text":"a"},"# + element + "]}")
    let problem = try #require(throws: Problem.self) {
      try body.texts("input", most: 3, .inObjects)
    }
    #expect(problem.message.contains(words), "\(problem.message)")
    #expect(problem.parameter == "input")
  }

  @Test func placesInsideOfListsAreNamed() throws {
    let problem = try #require(throws: Problem.self) {
      try Self.body(#"{"input":[[1,2],[3,"x"]]}"#).texts("input", most: 8)
    }
    #expect(problem.message.contains("input[1][1]"))
  }

  @Test func moreValuesThanMemoryShouldHoldAreRefused() throws {
    func body(_ text: String) throws -> Body { try Body(Self.request(Array(text.utf8)), most: 9) }
    let list = #"{"input":[0"# + String(repeating: ",0", count: 12) + "]}"
    let problem = try #require(throws: Problem.self) { try body(list) }
    #expect(problem.status == 413)
    // The same number of commas in a string is no reason.
    let text = #"{"input":"\""# + String(repeating: ",", count: 40) + "\"}"
    #expect(try body(text).texts("input", most: 1).count == 1)
  }
}
