import ArgumentParser
import Glibc
import ModelFiles

/// What was typed behind a command's name. The parser takes the last of two values of one option,
/// and no value or text that begins with a dash; this takes such values where they cannot be
/// options, and says what is wrong with all else.
struct CommandWords {
  private let command: any ParsableCommand.Type
  /// `embed` and the names that lead to the command.
  private let path: [String]
  private let words: [String]

  /// Parses what was typed behind `embed`.
  static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    guard let words = try CommandWords(arguments) else { return try Embed.parseAsRoot(arguments) }
    guard words.arePlain else { return try Embed.parseAsRoot(words.checked()) }
    do {
      return try Embed.parseAsRoot(arguments)
    } catch {
      // The parser's own message, unless there is more to say.
      _ = try words.checked()
      throw error
    }
  }

  /// Finds the command; `nil` where help or something else of the parser's own is asked for.
  init?(_ arguments: [String]) throws(UsageProblem) {
    var (command, path, rest) = (Embed.self as any ParsableCommand.Type, ["embed"], arguments[...])
    if let word = rest.first, word.hasPrefix("-") { try Self.checkRoot(word, rest) }
    let asksForHelp = rest.first == "help"
    if asksForHelp { rest.removeFirst() }
    while !command.configuration.subcommands.isEmpty, let word = rest.first, !word.hasPrefix("-") {
      let known = command.configuration.subcommands
      guard let next = known.first(where: { $0._commandName == word }) else {
        throw Self.unknown(word, known.map { $0._commandName }, command, path)
      }
      (command, path, rest) = (next, path + [word], rest.dropFirst())
    }
    let options = rest.prefix { $0 != "--" }
    guard !asksForHelp, command.configuration.subcommands.isEmpty,
      !options.contains(where: { $0 == "--help" || $0 == "-h" })
    else { return nil }
    (self.command, self.path, words) = (command, path, Array(rest))
  }

  // Those of `embed` itself, and those that the parser answers on its own.
  private static let rootOptions = [
    "--help", "-h", "--help-hidden", "--version", "--generate-completion-script",
    "--experimental-dump-help",
  ]

  /// Throws for an option before the command that is none of `embed` itself.
  private static func checkRoot(
    _ word: String, _ words: ArraySlice<String>
  ) throws(UsageProblem) {
    let name = String(word.prefix { $0 != "=" })
    if rootOptions.contains(name) || name.hasPrefix("---") { return }
    let commands = Embed.configuration.subcommands.map { $0._commandName }
    let command = words.first(where: commands.contains) ?? "encode"
    let near = name.hasPrefix("--") ? nearestName(to: name, among: ["--help", "--version"]) : nil
    throw UsageProblem(
      message: "Unknown option '\(name)'"
        + (near.map { ". Did you mean '\($0)'?" }
          ?? "; the command comes first: embed \(command) \(name) …"),
      command: Embed.self, path: ["embed"])
  }

  private static func unknown(
    _ word: String, _ known: [String], _ command: any ParsableCommand.Type, _ path: [String]
  ) -> UsageProblem {
    let start = path.joined(separator: " ")
    let advice =
      if let near = nearestName(to: word, among: known) {
        "did you mean `\(near)`?"
      } else if path.count > 1 {
        "known are \(listed(known))"
      } else if access(word, F_OK) == 0 {
        "to turn the texts of that file into vectors: embed encode \(word)"
      } else {
        "`\(start) --help` lists those there are"
      }
    return UsageProblem(
      message: "no command `\(word.prefix(40))`; \(advice)", command: command, path: path)
  }
}

// What the parser would take otherwise than it is meant.
extension CommandWords {
  /// Whether every word is what the parser takes it for. To be sure costs a few milliseconds, so
  /// that words are looked at first.
  private var arePlain: Bool {
    var names: Set<Substring> = []
    var firstLetters: Set<Character> = []
    var letters: Set<Character> = []
    for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("-") && word != "-" {
      let name = word.prefix { $0 != "=" }
      guard names.insert(name).inserted, !Self.isText(word) else { return false }
      if name.hasPrefix("--") {
        if let first = name.dropFirst(2).first { firstLetters.insert(first) }
      } else if let letter = name.dropFirst().first {
        letters.insert(letter)
      }
    }
    return letters.isDisjoint(with: firstLetters)
  }

  /// Whether a word that begins with a dash can be no option: a number, or several words.
  private static func isText(_ word: String) -> Bool {
    if word.contains(where: \.isWhitespace) {
      return !word.prefix { !$0.isWhitespace }.contains("=")
    }
    let digits = word.utf8.dropFirst()
    let first = digits.first == UInt8(ascii: ".") ? digits.dropFirst().first : digits.first
    return first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
      && Double(word) != nil
  }

  /// The words as the parser takes them for what they mean.
  private func checked() throws -> [String] {
    let table = try OptionTable(command)
    var (options, arguments, rest) = ([String](), [String](), words[...])
    var earlier: [String: String] = [:]
    while let word = rest.popFirst() {
      if word == "--" {
        arguments += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        arguments.append(word)
        continue
      }
      let name = String(word.prefix { $0 != "=" })
      guard let option = table[name] else {
        try takeAsText(word, table)
        arguments.append(word)
        continue
      }
      var typed = [word]
      var given = String(word.dropFirst(name.count + 1))
      if option.takesValue, name == word {
        guard let value = try value(of: name, option, &rest, table) else {
          // The parser says that it is missing.
          return Array(path.dropFirst()) + options + [word] + rest
        }
        // An empty value can only be a word of its own.
        typed = value.hasPrefix("-") ? ["\(name)=\(value)"] : [word, value]
        given = value
      }
      options += typed
      if option.takesValue, !option.repeats { try checkOnce(option, given, &earlier) }
    }
    let needsEnd = arguments.contains { $0.hasPrefix("-") && $0 != "-" }
    return Array(path.dropFirst()) + options + (needsEnd ? ["--"] : []) + arguments
  }

  /// Takes the value that follows an option's name; `nil` where another option or nothing does.
  private func value(
    of name: String, _ option: OptionTable.Entry, _ rest: inout ArraySlice<String>,
    _ table: OptionTable
  ) throws -> String? {
    guard let next = rest.first, next != "--" else { return nil }
    if next.hasPrefix("-"), next != "-", !Self.isText(next) {
      if table[String(next.prefix { $0 != "=" })] != nil { return nil }
      throw problem(
        "Missing value for '\(name) <\(option.valueName)>'; a value that begins with a dash is "
          + "written \(name)=\(next)")
    }
    return rest.removeFirst()
  }

  private func checkOnce(
    _ option: OptionTable.Entry, _ value: String, _ earlier: inout [String: String]
  ) throws {
    let name = option.names.first { $0.hasPrefix("--") } ?? option.names[0]
    guard let before = earlier.updateValue(value, forKey: name) else { return }
    throw problem(
      "\(name) is given twice, as `\(before.prefix(40))` and `\(value.prefix(40))`; it takes one "
        + "value")
  }

  /// Throws for a word with a dash before it that is neither an option nor a text.
  private func takeAsText(_ word: String, _ table: OptionTable) throws {
    let name = String(word.prefix { $0 != "=" && !$0.isWhitespace })
    if Self.isText(word), table.takesTexts {
      guard table[name] != nil else { return }
      throw problem(
        "`\(word.prefix(40))` is one word; give `\(name)` and its value as two, or put `--` before "
          + "it if it is a text")
    }
    let start = path.joined(separator: " ")
    let advice =
      if let near = table.nearest(to: name) {
        ". Did you mean '\(near)'?"
      } else if table.takesTexts {
        "; a text that begins with a dash goes after `--`: \(start) … -- \(word)"
      } else if access(word, F_OK) == 0 {
        "; the file of that name is ./\(word)"
      } else {
        ""
      }
    throw problem("Unknown option '\(name)'\(advice)")
  }

  private func problem(_ message: String) -> UsageProblem {
    UsageProblem(message: message, command: command, path: path)
  }
}
