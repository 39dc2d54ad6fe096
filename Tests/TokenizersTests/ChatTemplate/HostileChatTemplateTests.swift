import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// Templates that would take all time, memory or stack there is.
@Suite(.timeLimit(.minutes(10))) struct HostileChatTemplateTests {
  private static func nested(_ opening: String, _ closing: String, _ count: Int) -> String {
    String(repeating: opening, count: count) + "1" + String(repeating: closing, count: count)
  }

  // Long enough to exhaust a stack, were values freed one within the other.
  private static let chained = "{% set n = namespace(x='ab') %}{% for i in range(30000) %}"
  private static let heavy =
    "{% set s = 'ab' * 100000 %}{% set d = {'a': 1} %}{% for i in range(100000) %}"
  private static let grown = "{% set n = namespace(x='ab') %}{% for i in range(90000) %}"

  @Test(arguments: [
    "{{ \(nested("(", ")", 5000)) }}", "{{ \(nested("[", "]", 5000)) }}",
    "{{ \(nested("{1:", "}", 5000)) }}", "{{ \(nested("not ", "", 5000)) }}",
    "{{ \(nested("- ", "", 5000)) }}", "{{ \(nested("a(", ")", 5000)) }}",
    "{{ \(nested("a|d(", ")", 5000)) }}", "{{ \(nested("a[", "]", 5000)) }}",
    "{{ 1\(String(repeating: " if 1", count: 5000)) }}",
    "{{ \(nested("1 if 0 else ", "", 5000)) }}", "{% set \(nested("(", ")", 5000)) = 1 %}",
    nested("{% if 1 %}", "{% endif %}", 5000), nested("{% for a in b %}", "{% endfor %}", 5000),
    nested("{% macro f() %}", "{% endmacro %}", 5000), nested("{{ a", "", 5000),
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}"
      + "{% endmacro %}{{ g() }}",
    grown + "{% set n.x = n.x + n.x %}{% endfor %}", grown + "{% set n.x = n.x * 2 %}{% endfor %}",
    grown + "{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
    grown + "{% set n.x = {'a': n.x} %}{% endfor %}{{ n.x == n.x }}",
    grown + "{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
    grown + "{% for y in [n.x] %}{% set n.x = loop %}{% endfor %}{% endfor %}",
    grown + "{% for j in range(90000) %}{{ j }}{% endfor %}{% endfor %}",
    grown + "{{ n.x.join(range(9000)|map('string')) }}{% endfor %}",
    "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
    // Each step is about a text of 200,000 bytes, and there are a hundred thousand.
    heavy + "{% set t = s|lower %}{% endfor %}", heavy + "{% set t = s|wordcount %}{% endfor %}",
    heavy + "{% set t = s|trim('x') %}{% endfor %}", heavy + "{% set t = d[s] %}{% endfor %}",
    heavy + "{% set t = s in d %}{% endfor %}", heavy + "{% set t = d.get(s) %}{% endfor %}",
    heavy + "{% set t = {s: 1} %}{% endfor %}", heavy + "{% set t = s is lower %}{% endfor %}",
    heavy + "{% set t = strftime_now(s) %}{% endfor %}",
    "{{ 'a' * 9223372036854775807 }}", "{{ [1] * 9223372036854775807 }}",
    "{{ 'a'.zfill(1 * 9 ** 18) }}",
    "{{ ''|indent(9 ** 18) }}", "{{ [1]|tojson(indent=9 ** 18) }}", "{{ 2 ** 9 ** 18 }}",
    "{% set s = 'ab' * 9000 %}{{ s.replace('', s) }}", "{{ range(0, 9 ** 19) }}",
    "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
    "{{ (-9223372036854775807 - 1)|abs }}", "{{ \(nested("[1]|map('map', ", ")", 40)) }}",
  ])
  func theyAreRefused(source: String) {
    #expect(throws: FileError.self, "\(source.prefix(60))") {
      try ChatTemplate(Array(source.utf8), name: "t", specials: [:])([])
    }
  }

  @Test(arguments: [
    "{{ (-9223372036854775807 - 1) % -1 }}", "{{ [1][9223372036854775807] }}",
    "{{ [1][-9223372036854775807:9223372036854775807:9223372036854775807] }}",
    "{{ 'a'[-9223372036854775807 - 1] }}", "{{ [1][::-9223372036854775807] }}",
    "{{ ('a' * 30000).find('a' * 9000 ~ 'b') }}",
    "{{ ('a' * 30000 ~ 'b')|replace('a' * 99 ~ 'b', '') }}",
    "{{ (1e400)|int }}{{ 1e308|int }}{{ (1e400 - 1e400)|round }}",
    "{{ [1e400 - 1e400, 1, 0]|sort }}",
    chained + "{% set n.x = namespace(x=n.x) %}{% endfor %}",
    grown + "{% macro f(a) %}{% macro g() %}{{ a }}{% endmacro %}{% set n.x = g %}{% endmacro %}"
      + "{{ f(n.x) }}{% endfor %}",
    "{{ \(String(repeating: "1 + ", count: 9000))1 }}",
    "{{ 'a'\(String(repeating: "|upper", count: 9000)) }}",
    "{{ 1\(String(repeating: " and 1", count: 9000)) }}",
    "{{ 1\(String(repeating: " is defined", count: 1)) }}",
  ])
  func theseEnd(source: String) throws {
    _ = try ChatTemplate(Array(source.utf8), name: "t", specials: [:])([])
  }

  /// Some beginnings of each template, and each template without one of some of its bytes.
  @Test func truncatedTemplatesNeverCrash() throws {
    let templates = try Fixture.lines(Fixture.path("chat_templates.jsonl"))[0].object("templates")
    let message = ChatTemplate.Message(role: "user", content: "a text", isStructured: false)
    var (made, refused) = (0, 0)
    for template in templates.members {
      let source = try #require(template.value.utf8)
      for place in stride(from: 0, to: source.count, by: 61) {
        for damaged in [Array(source[..<place]), Array(source[..<place] + source[(place + 1)...])] {
          do {
            _ = try ChatTemplate(damaged, name: "t", specials: [:])([message])
            made += 1
          } catch is FileError {
            refused += 1
          }
        }
      }
    }
    #expect(made > 100 && refused > 100)
  }
}
