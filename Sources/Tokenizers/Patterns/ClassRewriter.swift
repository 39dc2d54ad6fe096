import ModelFiles

/// Goes through a regular expression and puts in the names of measured classes, and callouts that
/// count steps where nothing else would end a match that takes too long.
struct ClassRewriter {
  private let regex: [UInt8]
  private var position = 0
  /// How many brackets are open: in them `\b` is a backspace.
  private var brackets = 0
  private(set) var output: [UInt8] = []

  private static let boundary =
    #"(?:(?<=\p{embedw})(?!\p{embedw})|(?<!\p{embedw})(?=\p{embedw}))"#
  private static let noBoundary =
    #"(?:(?<=\p{embedw})(?=\p{embedw})|(?<!\p{embedw})(?!\p{embedw}))"#

  private let stops: RegexStops

  init(_ regex: [UInt8], _ stops: RegexStops) {
    self.regex = regex
    self.stops = stops
  }

  mutating func rewrite() throws {
    // The first alternative is tried wherever any is.
    output += RegexStops.callout.utf8
    while let byte = next {
      output += (stops.insertions[position] ?? "").utf8
      switch byte {
      case UInt8(ascii: "\\"):
        position += 1
        try rewriteEscape()
      case UInt8(ascii: "[") where brackets > 0 && starts(with: "[:"):
        try rewriteBracketClass()
      case UInt8(ascii: "["):
        brackets += 1
        copy()
      case UInt8(ascii: "]"):
        brackets = max(0, brackets - 1)
        copy()
      case UInt8(ascii: "(") where brackets == 0:
        try checkGroup()
        copy()
      default:
        copy()
      }
    }
    output += (stops.insertions[position] ?? "").utf8
  }

  private var next: UInt8? { position < regex.count ? regex[position] : nil }

  private func starts(with text: String) -> Bool { regex[position...].starts(with: text.utf8) }

  private mutating func copy() {
    output.append(regex[position])
    position += 1
  }

  /// What follows a backslash.
  private mutating func rewriteEscape() throws {
    guard let byte = next else { return output.append(UInt8(ascii: "\\")) }
    switch Character(Unicode.Scalar(byte)) {
    case "s": replace(#"\p{embeds}"#)
    case "S": replace(#"\P{embeds}"#)
    case "d": replace(#"\p{embedd}"#)
    case "D": replace(#"\P{embedd}"#)
    case "w": replace(#"\p{embedw}"#)
    case "W": replace(#"\P{embedw}"#)
    case "b" where brackets == 0: replace(Self.boundary)
    case "B" where brackets == 0: replace(Self.noBoundary)
    case "p" where starts(with: "p{"), "P" where starts(with: "P{"): try rewriteProperty()
    case "X", "y", "Y", "c", "C", "M":
      throw FileError(
        "`\\\(Character(Unicode.Scalar(byte)))` in a regular expression is not supported")
    default:
      output.append(UInt8(ascii: "\\"))
      copy()
    }
  }

  private mutating func replace(_ text: String) {
    output += text.utf8
    position += 1
  }

  /// `p{…}` or `P{…}`, behind a backslash.
  private mutating func rewriteProperty() throws {
    guard let end = regex[position...].firstIndex(of: UInt8(ascii: "}")) else {
      throw FileError("a property in a regular expression has no `}`")
    }
    var name = String(decoding: regex[position + 2..<end], as: UTF8.self)
    var negated = next == UInt8(ascii: "P")
    if name.first == "^" {
      name.removeFirst()
      negated.toggle()
    }
    output += "\(negated ? #"\P"# : #"\p"#){\(try MeasuredClasses.name(of: name) ?? name)}".utf8
    position = end + 1
  }

  /// `[:…:]` between brackets.
  private mutating func rewriteBracketClass() throws {
    let rest = regex[(position + 2)...]
    guard let end = rest.firstIndex(of: UInt8(ascii: ":")), end + 1 < regex.count,
      regex[end + 1] == UInt8(ascii: "]")
    else {
      brackets += 1
      return copy()
    }
    var name = String(decoding: rest[..<end], as: UTF8.self)
    let negated = name.first == "^"
    if negated { name.removeFirst() }
    output += "\(negated ? #"\P"# : #"\p"#){\(try MeasuredClasses.name(of: name) ?? name)}".utf8
    position = end + 2
  }

  /// Refuses groups that run callouts, hide text from this pass or choose other classes.
  private func checkGroup() throws {
    for start in ["(*", "(?{", "(?#", "(?~"] where self.starts(with: start) {
      throw FileError("`\(start)` in a regular expression is not supported")
    }
    guard starts(with: "(?") else { return }
    let options = regex[(position + 2)...].prefix { $0 == 45 || $0 & 0xDF &- 65 < 26 }
    let end = position + 2 + options.count
    guard end < regex.count, regex[end] == UInt8(ascii: ":") || regex[end] == UInt8(ascii: ")")
    else { return }
    if let other = options.first(where: { !"imx-".utf8.contains($0) }) {
      throw FileError(
        "the option `\(Character(Unicode.Scalar(other)))` in a regular expression is not "
          + "supported; known are i, m, x")
    }
  }
}
