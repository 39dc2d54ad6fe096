import Foundation
import TestSupport
import Testing

/// README and the program name the same commands and options.
@Suite struct ReadmeTests {
  private let readme: String
  private let program: Command

  init() throws {
    readme = try String(contentsOfFile: Models.root + "/README.md", encoding: .utf8)
    let help = try object(embed("--experimental-dump-help").text)
    program = try Command(#require(help["command"] as? [String: Any]))
  }

  @Test func everyCommandOccurs() {
    #expect(program.subcommands.count > 10)
    let missing = program.subcommands.filter { !readme.contains("embed \($0.name)") }
    #expect(missing.map(\.name) == [])
    let words = Set(readme.split { !$0.isLetter }.map(String.init))
    #expect(Set(program.all.map(\.name)).subtracting(words) == [])
  }

  @Test func everyOptionThatOccursExists() {
    let occurring = Set(readme.matches(of: #/--([a-z][a-z0-9-]*)/#).map { String($0.1) })
    #expect(occurring.count > 10)
    #expect(occurring.subtracting(program.all.flatMap(\.options)) == [])
  }

  @Test func itsLinesAreFewAndShort() {
    let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 201)
    #expect(lines.filter { $0.count > 120 && !$0.hasPrefix("|") } == [])
  }
}

/// A command as the program describes it, with those below it.
private struct Command {
  let name: String
  /// Its long options, without the dashes.
  let options: [String]
  let subcommands: [Command]

  init(_ json: [String: Any]) throws {
    name = try #require(json["commandName"] as? String)
    options = (json["arguments"] as? [[String: Any]] ?? [])
      .flatMap { $0["names"] as? [[String: Any]] ?? [] }
      .filter { $0["kind"] as? String == "long" }.compactMap { $0["name"] as? String }
    subcommands = try (json["subcommands"] as? [[String: Any]] ?? []).map(Command.init)
  }

  /// This command and all below it.
  var all: [Command] { [self] + subcommands.flatMap(\.all) }
}
