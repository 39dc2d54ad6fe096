import ModelFiles
import TestSupport
import Testing

struct JSONTests {
  @Test(arguments: [
    ("null", JSON.Kind.null), ("true", .bool), ("false", .bool), ("-1", .number), ("1", .number),
    ("\"\"", .string), ("[]", .array), ("{}", .object),
  ])
  func kinds(_ text: String, _ kind: JSON.Kind) throws {
    #expect(try parse(text).kind == kind)
    #expect(try parse(text).isNull == (kind == .null))
  }

  @Test func membersKeepTheirOrderAndDuplicates() throws {
    let json = try parse(#"{"b": 1, "a": [{}, []], "b": 2, "": 3}"#)
    #expect(try json.members.map { try $0.key.string() } == ["b", "a", "b", ""])
    #expect(json.count == 4)
    #expect(try json.int("b") == 2)
    #expect(try json.int("") == 3)
    #expect(json["c"] == nil)
    #expect(json["a"]?.count == 2)
  }

  @Test func elementsAreTheChildrenAndNotTheirs() throws {
    let json = try parse(#"[[1, [2]], {"a": 3}, "x", 4]"#)
    #expect(json.elements.map(\.kind) == [.array, .object, .string, .number])
    #expect(json.count == 4)
    #expect(try json[3]?.int() == 4)
    #expect(json[4] == nil && json[-1] == nil)
    #expect(Array(json.members).isEmpty)
  }

  @Test(arguments: ["null", "true", "1", "\"text\""])
  func scalarsHaveNoChildren(_ text: String) throws {
    let json = try parse(text)
    #expect(json.count == 0)
    #expect(Array(json.elements).isEmpty && Array(json.members).isEmpty)
    #expect(json["a"] == nil && json[0] == nil)
  }

  @Test func scalarsBeforeOthersHaveNoChildren() throws {
    let json = try parse(#"["\n", 1, 2]"#)
    #expect(json[0]?.count == 0)
    #expect(json[0]?.elements.map(\.kind) == [])
  }

  @Test(arguments: [
    (";", "\u{37E}"), ("\u{E9}", "e\u{301}"), ("`", "\u{1FEF}"), ("\u{AC00}", "\u{1100}\u{1161}"),
  ])
  func canonicallyEquivalentKeysStayApart(_ first: String, _ second: String) throws {
    #expect(first == second)
    let json = try parse("{\"\(first)\": 1, \"\(second)\": 2}")
    #expect(try json.int(first) == 1)
    #expect(try json.int(second) == 2)
  }

  @Test func keysAreComparedWithoutTheirEscapes() throws {
    let json = try parse(#"{"\u0061\n": 1, "😀": 2, "\ud83d\ude01": 3}"#)
    #expect(try json.int("a\n") == 1)
    #expect(try json.int("😀") == 2)
    #expect(try json.int("😁") == 3)
    #expect(json[#"\u0061\n"#] == nil)
  }

  @Test func sourceIsTheTextOfTheFile() throws {
    let text = #" {"n": -1.50E+2 , "s":"\u0041", "o": { "x" : [ 1 ] } } "#
    let json = try parse(text)
    let sources = json.members.map { $0.value.withSource { String(decoding: $0, as: UTF8.self) } }
    #expect(sources == ["-1.50E+2", #""\u0041""#, #"{ "x" : [ 1 ] }"#])
    #expect(json.sourceRange == 1..<text.utf8.count - 1)
    #expect(json["n"]?.sourceRange == 7..<15)
  }

  @Test func stringsWithoutEscapesAreNotCopied() throws {
    let json = try parse(#"["abc", "a\u0062c"]"#)
    let inside = try json.withSource { file in
      try json[0]?.withUTF8 { text in
        text.baseAddress.map { $0 - 2 } == file.baseAddress && text.elementsEqual("abc".utf8)
      }
    }
    #expect(inside == true)
    #expect(try json[1]?.withUTF8 { $0.elementsEqual("abc".utf8) } == true)
    #expect(
      failure { try json.withUTF8 { $0.count } } == "config.json should be a string, is an array")
  }

  @Test func filesAreReadWhole() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("a.json", Array(#"{"a": 1}"#.utf8))
    let json = try JSON(file: path)
    #expect(json.name == path)
    #expect(try json.int("a") == 1)
    #expect(
      failure { try JSON(file: path, limit: 7) }
        == "\(path) has 8 bytes; at most 7 are read of such a file")
    try folder.write("a.json", [])
    #expect(
      failure { try JSON(file: path) }
        == "\(path): line 1, column 1: expected a value, found the end of the text")
  }
}
