import ModelFiles
import Testing

struct JSONValueTests {
  @Test(
    arguments: [
      (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"), ("a\"b", #""a\"b""#),
      (.utf8(Array("é".utf8)), #""é""#), (.float(0.1), "0.1"), (.float(.nan), "null"),
      (.number(2 / 3, decimals: 4), "0.6667"), (.number(-0.04, decimals: 1), "0.0"),
      (.number(2, decimals: 0), "2"), (.number(.infinity, decimals: 2), "null"),
      (.number(1e300, decimals: 2), "1e+300"), ([], "[]"), ([1, [2, "3"]], #"[1,[2,"3"]]"#),
      (.double(1e-6), "1e-06"), (.double(0.1 + 0.2), "0.30000000000000004"), (.double(20), "20.0"),
      (.double(-.infinity), "null"), ([:], "{}"),
      (["b": 1, "a": ["c": .null]], #"{"b":1,"a":{"c":null}}"#),
      (["a": .source(Array("[ 1 ]".utf8))], #"{"a":[ 1 ]}"#), (.optional(3) { .int($0) }, "3"),
      (.optional(Int?.none) { .int($0) }, "null"),
    ] as [(JSONValue, String)])
  func valuesHaveNoWhiteSpaceOfTheirOwn(_ value: JSONValue, _ text: String) {
    #expect(String(decoding: value.bytes, as: UTF8.self) == text)
  }

  @Test func aLineEndsWithANewline() {
    let value: JSONValue = ["row": 0]
    #expect(String(decoding: value.line, as: UTF8.self) == "{\"row\":0}\n")
  }

  @Test func aFileHasALineForEachField() {
    let object: JSONValue = ["idx": 0, "prompts": ["query": "", "n": [1, 2]]]
    #expect(
      String(decoding: object.file, as: UTF8.self) == """
        {
          "idx": 0,
          "prompts": {"query": "", "n": [1, 2]}
        }

        """)
    let array: JSONValue = [["idx": 0, "name": "0"], .source(Array("{ }".utf8))]
    #expect(
      String(decoding: array.file, as: UTF8.self) == """
        [
          {"idx": 0, "name": "0"},
          { }
        ]

        """)
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    let value: JSONValue = ["a\n": [1, .float(-2.5), true], "é": .string("\u{0}")]
    let json = try JSON(value, name: "text")
    #expect(try json.array("a\n")[1]?.double() == -2.5)
    #expect(try json.string("é") == "\u{0}")
  }

  @Test func fieldsAreReplacedAtTheEnd() throws {
    let json = try JSON(Array(#"{"a": [ 1 ], "b": 2, "a": 3}"#.utf8), name: "text")
    let changed = try json.replacing([("b", "x"), ("c", .null)])
    #expect(
      String(decoding: JSONValue(changed).bytes, as: UTF8.self)
        == #"{"a":[ 1 ],"a":3,"b":"x","c":null}"#)
    #expect(changed.name == "text")
  }
}
