package import ModelFiles

/// What is looked for in a text: a string, or a regular expression in Oniguruma's syntax.
///
/// Strings and the expressions that published tokenizers use are matched by hand, in linear time;
/// for any other expression Oniguruma's library is opened.
package struct Pattern: Sendable, CustomStringConvertible {
  private enum Search: Sendable {
    case literal(LiteralPattern)
    case words(WordPattern)
    case runs(RunPattern)
    case regex(RegexPattern)
  }

  /// The longest string or expression, in bytes. Those in use have at most some seven hundred, and
  /// a class in an expression takes 6 kB.
  private static let longest = 2_048

  private let search: Search
  package let description: String

  /// Reads `{"String": …}` or `{"Regex": …}`.
  package init(_ json: JSON) throws {
    guard try json.object().count == 1 else {
      throw FileError(
        "\(json.name): `\(json.path)` has \(json.count) fields, should have one, "
          + "`String` or `Regex`")
    }
    let literal = json["String"]
    let value = try literal ?? json.value("Regex")
    let text = try value.string()
    guard text.utf8.count <= Self.longest else {
      throw FileError(
        "\(value.place) has \(text.utf8.count) bytes, at most \(Self.longest) are supported")
    }
    if literal != nil {
      try self.init(literal: text)
    } else {
      do {
        try self.init(regex: text)
      } catch let error as FileError {
        throw FileError("\(value.place): \(error.description)")
      }
    }
  }

  /// A literal string.
  init(literal: String) throws {
    description = "`\(literal)`"
    // The empty expression matches between any two scalars, which is Oniguruma's to say.
    search = literal.isEmpty ? .regex(try RegexPattern("")) : .literal(try LiteralPattern(literal))
  }

  /// A regular expression.
  init(regex: String) throws {
    description = "/\(regex)/"
    if let words = WordPattern(regex) {
      search = .words(words)
    } else if let runs = RunPattern(regex) {
      search = .runs(runs)
    } else {
      search = .regex(try RegexPattern(regex))
    }
  }

  /// Calls `body` with each match from left to right; none overlap, and none that is empty follows
  /// directly on another.
  /// - Parameter budget: what the matching may cost, and then what is left of that.
  /// - Throws: what `body` throws, or if an expression takes more steps than the reference allows.
  package func forEachMatch(
    in text: UnsafeRawBufferPointer, _ budget: inout RegexBudget,
    _ body: (Range<Int>) throws -> Void
  ) throws {
    switch search {
    case .literal(let literal): try literal.forEachMatch(in: text, body)
    case .words(let words): try words.forEachMatch(in: text, body)
    case .runs(let runs): try runs.forEachMatch(in: text, body)
    case .regex(let regex): try regex.forEachMatch(in: text, &budget, body)
    }
  }
}
