import ModelFiles
import Testing

struct JSONReadingTests {
  @Test func membersHaveTypes() throws {
    let json = try parse(#"{"i": 3, "d": 2.5, "b": true, "s": "x", "a": [1], "o": {"k": 0}}"#)
    #expect(try json.int("i") == 3)
    #expect(try json.double("d") == 2.5)
    #expect(try json.double("i") == 3)
    #expect(try json.bool("b"))
    #expect(try json.string("s") == "x")
    #expect(try json.array("a").count == 1)
    #expect(try json.object("o").int("k") == 0)
    #expect(try json.value("a").kind == .array)
    #expect(try parse("false").bool() == false)
  }

  @Test func defaultsStandForAbsentAndNull() throws {
    let json = try parse(#"{"n": null, "i": 3, "d": 2.5, "b": true, "s": "x"}"#)
    for key in ["n", "absent"] {
      #expect(try json.int(key, default: 7) == 7)
      #expect(try json.double(key, default: 0.5) == 0.5)
      #expect(try json.bool(key, default: true))
      #expect(try json.string(key, default: "y") == "y")
      #expect(try json.present(key) == nil)
    }
    #expect(try json.int("i", default: 7) == 3)
    #expect(try json.double("d", default: 0.5) == 2.5)
    #expect(try json.bool("b", default: false))
    #expect(try json.string("s", default: "y") == "x")
  }

  @Test(arguments: [
    (#"{"hidden_size": "abc"}"#, #"`hidden_size` should be a whole number, is "abc""#),
    (#"{"hidden_size": 1.5}"#, "`hidden_size` should be a whole number, is 1.5"),
    (#"{"hidden_size": null}"#, "`hidden_size` should be a whole number, is null"),
    (#"{"hidden_size": [1]}"#, "`hidden_size` should be a whole number, is an array"),
    (#"{"hidden_size": {}}"#, "`hidden_size` should be a whole number, is an object"),
    (#"{"hidden_size": true}"#, "`hidden_size` should be a whole number, is true"),
    ("{}", "`hidden_size` is missing, should be a whole number"),
  ])
  func anIntegerOfAnotherKindIsNamed(_ text: String, _ message: String) {
    #expect(failure { try parse(text).int("hidden_size") } == "config.json: \(message)")
  }

  static let wrong: [(String, @Sendable (JSON) throws -> Any, String)] = [
    (#"{"k": "1"}"#, { try $0.double("k") }, #"config.json: `k` should be a number, is "1""#),
    (#"{"k": 0}"#, { try $0.bool("k") }, "config.json: `k` should be true or false, is 0"),
    (#"{"k": 0}"#, { try $0.string("k") }, "config.json: `k` should be a string, is 0"),
    (#"{"k": {}}"#, { try $0.array("k") }, "config.json: `k` should be an array, is an object"),
    (#"{"k": []}"#, { try $0.object("k") }, "config.json: `k` should be an object, is an array"),
    (#"{"k": null}"#, { try $0.value("k") }, "config.json: `k` should be a value, is null"),
    ("{}", { try $0.value("k") }, "config.json: `k` is missing, should be a value"),
    ("{}", { try $0.array("k") }, "config.json: `k` is missing, should be an array"),
    ("{}", { try $0.bool("k") }, "config.json: `k` is missing, should be true or false"),
    ("[]", { try $0.int("k") }, "config.json should be an object, is an array"),
    ("7", { try $0.int("k", default: 1) }, "config.json should be an object, is 7"),
    (
      #"{"k": 0}"#, { try $0.string("k", default: "") }, "config.json: `k` should be a string, is 0"
    ),
  ]

  @Test(arguments: wrong.indices)
  func otherKindsAreNamed(_ row: Int) {
    let (text, read, message) = Self.wrong[row]
    #expect(failure { try read(parse(text)) } == message)
  }

  @Test func longValuesAreShortenedBetweenCharacters() {
    let text = "\"" + String(repeating: "é", count: 100) + "\""
    #expect(
      failure { try parse(text).int() }
        == "config.json should be a whole number, is \"" + String(repeating: "é", count: 39) + "…")
  }
}
