/// Python's functions of strings.
extension JinjaRenderer {
  func call(
    _ name: String, of text: [UInt8], _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    switch name {
    case "lower": return .text(pythonLowercase(text))
    case "upper": return .text(text.uppercased)
    case "title": return .text(text.titlecased)
    case "capitalize": return .text(text.capitalized)
    case "strip", "lstrip", "rstrip": return .text(try stripped(name, text, arguments))
    case "split", "rsplit": return .list(try split(name, text, arguments))
    case "splitlines":
      let keeps = try arguments.values(["keepends"], of: "`splitlines`")[0]?.isTrue ?? false
      return .list(try items(text.lines(keepingEnds: keeps).map(JinjaValue.text)))
    case "join":
      guard let values = try arguments.values(["values"], of: "`join`")[0] else {
        throw JinjaProblem("`join` needs what it joins")
      }
      return .text(try joined(try walked(values), by: text, areTexts: true))
    case "replace":
      let values = try arguments.values(["old", "new", "count"], of: "`replace`")
      return .text(
        try replaced(
          text, try part(values[0], "replace"), try part(values[1], "replace"),
          most: try whole(values[2], "replace") ?? -1))
    case "format": return .text(try formatted(text, arguments))
    case "startswith", "endswith": return .bool(try hasEnd(name, text, arguments))
    case "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower":
      return .bool(text.isAll(name))
    case "zfill": return .text(try filled(text, arguments))
    default: return try search(name, text, arguments)
    }
  }

  /// The string that a function needs.
  private func part(_ value: JinjaValue?, _ name: String) throws -> [UInt8] {
    guard case .text(let text)? = value else {
      throw JinjaProblem("`\(name)` needs a string, found \(value?.kind ?? "nothing")")
    }
    return text
  }

  /// The integer that a function may get; `nil` for none.
  func whole(_ value: JinjaValue?, _ name: String) throws -> Int? {
    switch value {
    case nil, .some(.none): return nil
    case .int(let number)?: return number
    case let other?: throw JinjaProblem("`\(name)` needs an integer, found \(other.kind)")
    }
  }

  private func stripped(
    _ name: String, _ text: [UInt8], _ arguments: JinjaArguments
  ) throws -> [UInt8] {
    let value = try arguments.values(["chars"], of: "`\(name)`")[0]
    return try stripped(text, value, left: name != "rstrip", right: name != "lstrip")
  }

  /// A text without the characters of another at its ends, or without whitespace.
  func stripped(
    _ text: [UInt8], _ value: JinjaValue?, left: Bool, right: Bool
  ) throws -> [UInt8] {
    switch value {
    case nil, .some(.none): return text.stripped(left: left, right: right, isPythonSpace)
    default:
      let characters = Set(try part(value, "strip").scalarValues)
      return text.stripped(left: left, right: right) { characters.contains($0) }
    }
  }

  private func split(
    _ name: String, _ text: [UInt8], _ arguments: JinjaArguments
  ) throws -> JinjaItems {
    let values = try arguments.values(["sep", "maxsplit"], of: "`\(name)`")
    let most = try whole(values[1], name) ?? -1
    let isLast = name == "rsplit"
    var cuts: [Range<Int>]
    if let value = values[0], case .text(let part) = value {
      guard !part.isEmpty else { throw JinjaProblem("`\(name)` by an empty string") }
      // From the right where only some are cut; otherwise the same places, nearly always.
      cuts = isLast ? text.rangesFromRight(of: part, most: most) : text.ranges(of: part)
    } else {
      guard try values[0].map({ try isEqual($0, .none) }) ?? true else {
        throw JinjaProblem("`\(name)` needs a string")
      }
      return try words(text, most: most, fromRight: isLast)
    }
    if most >= 0, !isLast { cuts = Array(cuts.prefix(most)) }
    let starts = [0] + cuts.map(\.upperBound)
    let ends = cuts.map(\.lowerBound) + [text.count]
    return try items(zip(starts, ends).map { .text(Array(text[$0..<$1])) })
  }

  /// The words between whitespace, of which all but some at one end stay together.
  private func words(_ text: [UInt8], most: Int, fromRight: Bool) throws -> JinjaItems {
    var words = text.withUnsafeBytes { $0.pythonWords() }
    if most >= 0, words.count > most {
      // What is not cut keeps the whitespace at its end of the text.
      words =
        fromRight
        ? [0..<words[words.count - 1 - most].upperBound] + words.suffix(most)
        : words.prefix(most) + [words[most].lowerBound..<text.count]
    }
    return try items(words.map { .text(Array(text[$0])) })
  }

  private func hasEnd(
    _ name: String, _ text: [UInt8], _ arguments: JinjaArguments
  ) throws -> Bool {
    let value = try arguments.values(["part"], of: "`\(name)`")[0]
    let parts: [JinjaValue]
    if case .tuple(let items)? = value { parts = items.values } else { parts = [value ?? .none] }
    return try parts.contains { value in
      let part = try part(value, name)
      return name == "startswith" ? text.starts(with: part) : text.suffix(part.count) == part[...]
    }
  }

  private func filled(_ text: [UInt8], _ arguments: JinjaArguments) throws -> [UInt8] {
    let width = try whole(try arguments.values(["width"], of: "`zfill`")[0], "zfill") ?? 0
    let missing = max(0, width &- text.characterCount)
    try charge(missing)
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: missing)
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    return text.prefix(isSigned ? 1 : 0) + zeros + text.dropFirst(isSigned ? 1 : 0)
  }

  /// Functions that look for one string in another.
  private func search(
    _ name: String, _ text: [UInt8], _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    let part = try part(try arguments.values(["part"], of: "`\(name)`")[0], name)
    switch name {
    case "removeprefix":
      return .text(text.starts(with: part) ? Array(text.dropFirst(part.count)) : text)
    case "removesuffix":
      return .text(
        !part.isEmpty && text.suffix(part.count) == part[...]
          ? Array(text.dropLast(part.count)) : text)
    case "count":
      return .int(part.isEmpty ? text.characterCount + 1 : text.ranges(of: part).count)
    case "find", "rfind":
      let isLast = name == "rfind"
      if part.isEmpty { return .int(isLast ? text.characterCount : 0) }
      let found = isLast ? text.lastRange(of: part) : text.firstRange(of: part, from: 0)
      return .int(found.map { Array(text[..<$0.lowerBound]).characterCount } ?? -1)
    default:
      guard !part.isEmpty else { throw JinjaProblem("`\(name)` by an empty string") }
      let isLast = name == "rpartition"
      let found = isLast ? text.lastRange(of: part) : text.firstRange(of: part, from: 0)
      let pieces: [[UInt8]] =
        found.map { [Array(text[..<$0.lowerBound]), part, Array(text[$0.upperBound...])] }
        ?? (isLast ? [[], [], text] : [text, [], []])
      return .tuple(try items(pieces.map(JinjaValue.text)))
    }
  }
}
