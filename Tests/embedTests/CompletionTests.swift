import TestSupport
import Testing

/// What a shell offers when the tabulator is pressed.
@Suite struct CompletionTests {
  @Test(
    arguments: [
      (["embed", "e"], ["encode", "evaluate"]),
      (["embed", "encode", "--prec"], ["--precision"]),
      (["embed", "encode", "--precision", "b"], ["bf16x3", "bf16"]),
      (["embed", "encode", "READ"], ["README.md"]),
      (["embed", "encode", "--output", "READ"], ["README.md"]),
      (["embed", "encode", "--model", "models.ex"], ["models.example"]),
      (["embed", "evaluate", "tri"], ["triplets"]),
    ] as [([String], [String])])
  func bashCompletes(_ words: [String], _ offered: [String]) throws {
    let script = try embed("--generate-completion-script", "bash").text
    var bash = RunCommand(
      "/bin/bash", ["--norc", "-s"] + words, environment: ["PATH": "/usr/bin:/bin"])
    bash.folder = Models.root
    let result = try bash(
      Array(
        """
        \(script)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _embed embed "${@: -1}" "${@: -2:1}"
        printf '%s\\n' "${COMPREPLY[@]}"

        """.utf8))
    #expect(result.lines == offered, "\(result.stderr)")
  }

  @Test func everyFileAndDirectoryIsCompletedAsSuch() throws {
    let help = try object(embed("--experimental-dump-help").text)
    let arguments = try arguments(of: #require(help["command"] as? [String: Any]))
    let paths = arguments.filter { $0.name.hasPrefix("FILE") || $0.name.hasPrefix("DIR") }
    #expect(paths.count > 20)
    for path in paths {
      let kind = path.name.hasPrefix("FILE") ? "file" : "directory"
      #expect(path.completion.contains(kind), "\(path)")
    }
  }

  private typealias Argument = (command: String, name: String, completion: [String])

  /// The arguments of a command and of those below it, with what they are completed by.
  private func arguments(of command: [String: Any]) throws -> [Argument] {
    let name = try #require(command["commandName"] as? String)
    let own = command["arguments"] as? [[String: Any]] ?? []
    let below = command["subcommands"] as? [[String: Any]] ?? []
    return own.map {
      let completion = $0["completionKind"] as? [String: Any] ?? [:]
      return (name, $0["valueName"] as? String ?? "", Array(completion.keys))
    } + (try below.flatMap(arguments(of:)))
  }
}
