import ModelFiles
import Testing

struct JSONPathTests {
  static let text = #"""
    {"a": 11, "b": {"c": [10, [], {"d": [[0], [1, 2]]}], "e": 5}, "e f": {"": 6},
     "\u001b[1m": 7, "x.y": [8], "é": 9}
    """#

  @Test(arguments: [
    ("11", "a"), ("10", "b.c[0]"), ("[]", "b.c[1]"), ("0", "b.c[2].d[0][0]"),
    ("2", "b.c[2].d[1][1]"),
    ("[1, 2]", "b.c[2].d[1]"), ("5", "b.e"), ("6", #"["e f"][""]"#), ("7", #"["\u001b[1m"]"#),
    ("8", "x.y[0]"), ("9", "é"),
  ])
  func pathsLeadToTheValue(_ source: String, _ path: String) throws {
    let found = values(in: try parse(Self.text)).filter {
      $0.kind != .string && $0.withSource { $0.elementsEqual(source.utf8) }
    }
    #expect(found.map(\.path) == [path])
    #expect(found.map(\.place) == ["config.json: `\(path)`"])
  }

  @Test func theDocumentHasNoPath() throws {
    let json = try parse("[]")
    #expect(json.path == "")
    #expect(json.place == "config.json")
  }

  @Test func aKeyIsWhereItsValueIs() throws {
    let json = try parse(#"{"a": {"b": 1, "c": 2}}"#)
    #expect(json["a"]?.members.map(\.key.path) == ["a.b", "a.c"])
  }

  @Test func missingMembersHaveAPath() throws {
    let json = try parse(#"{"a": [{"b": {}}]}"#)
    #expect(
      failure { try json.array("a")[0]?.object("b").int("c") }
        == "config.json: `a[0].b.c` is missing, should be a whole number")
  }

  @Test func longKeysAreShortened() throws {
    let json = try parse("{\"\(String(repeating: "k", count: 1000))\": 1}")
    #expect(json.members.map(\.value.path) == [String(repeating: "k", count: 80) + "…"])
  }

  /// The value and all in it.
  private func values(in root: JSON) -> [JSON] {
    var found = [root]
    var next = 0
    while next < found.count {
      found += found[next].elements
      found += found[next].members.map(\.value)
      next += 1
    }
    return found
  }
}
