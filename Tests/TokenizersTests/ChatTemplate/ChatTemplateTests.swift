import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// Conversations and what transformers 5.23.0 makes of them (scripts/fixture_writers/chat_templates.py).
@Suite struct ChatTemplateTests {
  private static let path = Fixture.path("chat_templates.jsonl")

  /// A line's messages.
  private func messages(_ row: JSON) throws -> [ChatTemplate.Message] {
    try row.present("messages")?.array().elements.map { message in
      let content = try message.value("content")
      let isStructured = content.kind == .array
      return ChatTemplate.Message(
        role: try message.string("role"),
        content: isStructured
          ? try #require(content[0]).string("text") : try content.string(),
        isStructured: isStructured)
    } ?? []
  }

  @Test func textsAreThoseOfTheReference() throws {
    let rows = try Fixture.lines(Self.path)
    let templates = try rows[0].object("templates")
    let specials = try Dictionary(
      uniqueKeysWithValues: rows[0].object("specials").members.map {
        (try $0.key.string(), try $0.value.string())
      })
    #expect(rows.count > 400)
    for row in rows.dropFirst() {
      let name = try row.string("template")
      let source = Array(try (templates[name]?.string() ?? name).utf8)
      let text = Result {
        try ChatTemplate(
          source, name: "t.jinja", specials: specials, variables: row["variables"])(
            try messages(row), addsGenerationPrompt: row["add_generation_prompt"] != nil)
      }
      guard let expected = try row.present("text")?.string() else {
        #expect(throws: FileError.self, "\(name)") { try text.get() }
        continue
      }
      // As bytes: strings that look the same are equal to Swift.
      #expect(Array(try text.get().utf8) == Array(expected.utf8), "\(name)")
    }
  }

  @Test(arguments: [
    ("{{ a }}\n{{ 'x' + 1 }}", "line 2: `+` of a string and an integer"),
    ("\n\n{% include 'a' %}", "line 3: the tag `include` is not supported"),
    ("{% for a in [] recursive %}{% endfor %}", "line 1: `recursive` loops are not supported"),
    ("{{ f(*a) }}", "line 1: arguments from a list or a dict (`*`, `**`) are not supported"),
    ("{{ [1]|groupby('a') }}", "line 1: the filter `groupby` is not supported"),
    (
      "{{ 'a %s' % 1 }}",
      "line 1: `%` behind a string, which fills it in, is not supported; use `~`"
    ),
    ("{{ a.b }}", "line 1: the undefined `a` has no `b`"),
    ("{{ cycler(1) }}", "line 1: the function `cycler` is not supported"),
    ("{{ raise_exception('one\u{E9}') }}", "line 1: the template refuses this: one\u{E9}"),
    ("{% if 1 %}\na", "line 1: `if` is never closed"),
    (
      "{{ 99999999999999999999 }}",
      "line 1: `99999999999999999999` is no number that fits into 64 bits"
    ),
    ("{{ 9223372036854775807 + 1 }}", "line 1: a number that does not fit into 64 bits"),
    ("{{ '\\ud800' }}", "line 1: a string has an escape that is no character"),
  ])
  func whatIsWrongIsNamed(source: String, message: String) throws {
    let error = #expect(throws: FileError.self) {
      try ChatTemplate(Array(source.utf8), name: "chat_template.jinja", specials: [:])([])
    }
    #expect(error?.description == "chat_template.jinja, " + message)
  }

  @Test func whatIsNeverReachedIsNotLookedFor() throws {
    let source = "{% if tools %}{{ tools|pprint|nofilter is notest }}{% endif %}a"
    #expect(try ChatTemplate(Array(source.utf8), name: "", specials: [:])([]) == "a")
  }

  @Test func theTimeIsThatOfNow() throws {
    let template = try ChatTemplate(
      Array("{{ strftime_now('%Y') }} {{ strftime_now('é%%') }}".utf8), name: "", specials: [:])
    let text = try template([])
    #expect(text.hasSuffix(" é%") && text.hasPrefix("2"))
  }

  @Test(arguments: [[0x61, 0xFF], [0x7B, 0x7B, 0xC3]] as [[UInt8]])
  func bytesThatAreNoTextAreRefused(source: [UInt8]) {
    #expect(throws: FileError.self) { try ChatTemplate(source, name: "", specials: [:]) }
  }
}
