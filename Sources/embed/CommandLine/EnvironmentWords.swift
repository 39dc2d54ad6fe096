import ArgumentParser
import Glibc
import ModelFiles

/// Options of `embed serve` that come from the environment, where containers have their settings:
/// `EMBED_SERVE_MAX_TEXTS=10` is `--max-texts 10`, and what the command line says wins.
struct EnvironmentWords {
  /// A variable and the words that it stands for.
  private struct Given {
    let variable: String
    let name: String
    let words: [String]
  }

  private static let prefix = "EMBED_SERVE_"
  /// What excludes each other: who gives one on the command line does not want the others.
  private static let exclusive = [
    [["--socket"], ["--host", "--port"]], [["--prompt"], ["--prompt-name"], ["--no-prompt"]],
  ]

  private let table: OptionTable
  private let given: [Given]
  private let arguments: [String]

  /// Parses what was typed behind `embed`, with what the environment adds.
  static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    let variables = variables
    guard arguments.first == ServeCommand._commandName, !variables.isEmpty,
      try CommandWords(arguments) != nil
    else { return try CommandWords.parsed(arguments) }
    return try EnvironmentWords(arguments, variables, Messages(isQuiet: false)).parsed()
  }

  private static var variables: [(name: String, value: String)] {
    var (found, next) = ([(name: String, value: String)](), environ)
    while let entry = next.pointee {
      next += 1
      guard strncmp(entry, prefix, prefix.utf8.count) == 0,
        let text = String(validatingCString: entry), let sign = text.firstIndex(of: "=")
      else { continue }
      let value = String(text[text.index(after: sign)...])
      // Files of variables have empty ones for what is not set.
      if !value.isEmpty { found.append((String(text[..<sign]), value)) }
    }
    return found.sorted { $0.name < $1.name }
  }

  init(
    _ arguments: [String], _ variables: [(name: String, value: String)], _ messages: Messages
  ) throws {
    let table = try OptionTable(ServeCommand.self)
    (self.table, self.arguments) = (table, arguments)
    let typed = Set(
      arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("-") }
        .map { String($0.prefix { $0 != "=" }) })
    let all: [Given] = try variables.compactMap { variable, value in
      let name =
        "--"
        + variable.dropFirst(Self.prefix.count).lowercased()
        .map { $0 == "_" ? "-" : String($0) }.joined()
      guard let option = table[name], !["--help", "--version"].contains(name) else {
        Self.noteUnknown(variable, table, messages)
        return nil
      }
      guard typed.isDisjoint(with: option.names), !Self.isExcluded(name, by: typed) else {
        return nil
      }
      return Given(
        variable: variable, name: name, words: try Self.words(variable, value, name, option))
    }
    // Containers have an address set, which whoever adds a socket does not mean.
    let place = Self.exclusive[0]
    let hasSocket = all.contains { place[0].contains($0.name) }
    given = hasSocket ? all.filter { !place[1].contains($0.name) } : all
  }

  private static func isExcluded(_ name: String, by typed: Set<String>) -> Bool {
    exclusive.contains { sides in
      guard let own = sides.firstIndex(where: { $0.contains(name) }) else { return false }
      return sides.indices.contains { $0 != own && !typed.isDisjoint(with: sides[$0]) }
    }
  }

  /// The words that a variable's value stands for.
  private static func words(
    _ variable: String, _ value: String, _ name: String, _ option: OptionTable.Entry
  ) throws -> [String] {
    if !option.takesValue {
      switch value.lowercased() {
      case "1", "true", "yes", "on": return [name]
      case "0", "false", "no", "off": return []
      default: throw problem("\(variable) is `\(value.prefix(40))`, should be 1 or 0")
      }
    }
    // Kubernetes sets this one for a service that is called embed-serve.
    if name == "--port", value.hasPrefix("tcp://") { return [] }
    guard option.repeats else { return ["\(name)=\(value)"] }
    let values = value.split { $0 == "," || $0.isNewline }
    guard !values.isEmpty else { throw problem("\(variable) has no value in it") }
    return values.map { "\(name)=\($0)" }
  }

  private static func noteUnknown(_ variable: String, _ table: OptionTable, _ messages: Messages) {
    let rest = String(variable.dropFirst(prefix.count))
    // That of `embed health`, and those that Kubernetes makes of a service's name.
    if rest == "URL" || rest.hasPrefix("SERVICE_") || rest.hasPrefix("PORT_") { return }
    let known = table.options.flatMap(\.names).filter { $0.hasPrefix("--") }.map {
      $0.dropFirst(2).uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
    let near = nearestName(to: rest, among: known)
    messages.warn(
      "\(variable) is not an option of serve and has no effect"
        + (near.map { "; did you mean \(prefix)\($0)?" } ?? ""))
  }

  private static func problem(_ message: String) -> UsageProblem {
    UsageProblem(
      message: message, command: ServeCommand.self, path: ["embed", ServeCommand._commandName])
  }

  private func command(_ given: [Given]) throws -> any ParsableCommand {
    try CommandWords.parsed(
      arguments.prefix(1) + given.flatMap(\.words) + arguments.dropFirst())
  }

  /// The command; what is wrong with a variable is said with its name.
  private func parsed() throws -> any ParsableCommand {
    do {
      return try command(given)
    } catch {
      _ = try command([])
      for one in given {
        do {
          _ = try command([one])
        } catch let alone {
          throw Self.problem("\(one.variable): \(Self.message(alone))")
        }
      }
      let names = given.map(\.variable).joined(separator: ", ")
      throw Self.problem("\(Self.message(error)) (from the environment: \(names))")
    }
  }

  private static func message(_ error: any Error) -> String {
    (error as? UsageProblem)?.message ?? ServeCommand.message(for: error)
  }
}
