/// Divides a template as transformers' Jinja does: a block tag takes the spaces before it on its
/// line (`lstrip_blocks`) and the line's end behind it (`trim_blocks`), `-` takes all whitespace,
/// `+` none; one end of line at the end of the source does not count.
struct JinjaLexer {
  let source: [UInt8]
  var position = 0
  private var line = 1
  private var tokens: [JinjaToken] = []

  /// - Parameter source: valid UTF-8
  init(_ source: [UInt8]) {
    var lines: [UInt8] = []
    lines.reserveCapacity(source.count)
    // CR LF and CR are ends of lines as well; all become LF.
    for (position, byte) in source.enumerated() {
      if byte == 0x0A, position > 0, source[position - 1] == 0x0D { continue }
      lines.append(byte == 0x0D ? 0x0A : byte)
    }
    if lines.last == 0x0A { lines.removeLast() }
    self.source = lines
  }

  /// All tokens, the last of which is the end.
  static func tokens(_ source: [UInt8]) throws -> [JinjaToken] {
    var lexer = JinjaLexer(source)
    while lexer.position < lexer.source.count { try lexer.piece() }
    lexer.append(.end)
    return lexer.tokens
  }

  mutating func append(_ kind: JinjaToken.Kind) {
    tokens.append(JinjaToken(line: line, kind: kind))
  }

  /// Moves on, counting lines.
  mutating func advance(to end: Int) {
    line += source[position..<end].count { $0 == 0x0A }
    position = end
  }

  func problem(_ description: String) -> JinjaProblem { JinjaProblem(description, line: line) }

  /// The byte at a place; 0 behind the end.
  func byte(_ position: Int) -> UInt8 { position < source.count ? source[position] : 0 }

  /// Where the whitespace at a place ends.
  func spaceEnd(_ position: Int) -> Int {
    source.withUnsafeBytes { $0.end(from: position, while: isPythonSpace) }
  }

  /// The text up to the next tag, and that tag.
  private mutating func piece() throws {
    let start = nextTag(position)
    guard start < source.count else {
      appendData(position..<start)
      return advance(to: start)
    }
    let mark = byte(start + 1)
    let sign = byte(start + 2)
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    appendData(kept(position..<start, sign: sign, isExpression: mark == UInt8(ascii: "{")))
    advance(to: start)
    let inner = start + (isSigned ? 3 : 2)
    switch mark {
    case UInt8(ascii: "{"):
      append(.expressionStart)
      advance(to: inner)
      try tag(isBlock: false)
    case UInt8(ascii: "#"): try comment(from: inner)
    default:
      if let end = rawStart(inner) { return try raw(from: end) }
      append(.tagStart)
      advance(to: inner)
      try tag(isBlock: true)
    }
  }

  private mutating func appendData(_ range: Range<Int>) {
    if !range.isEmpty { append(.data(Array(source[range]))) }
  }

  /// Where the next `{{`, `{%` or `{#` is.
  private func nextTag(_ from: Int) -> Int {
    var place = from
    while place < source.count {
      if source[place] == UInt8(ascii: "{") {
        switch byte(place + 1) {
        case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#"): return place
        default: break
        }
      }
      place += 1
    }
    return place
  }

  /// What the tag behind a text leaves of it.
  private func kept(_ range: Range<Int>, sign: UInt8, isExpression: Bool) -> Range<Int> {
    if sign == UInt8(ascii: "-") {
      let end = source.withUnsafeBytes {
        $0.start(before: range.upperBound, from: range.lowerBound, while: isPythonSpace)
      }
      return range.lowerBound..<end
    }
    if sign == UInt8(ascii: "+") || isExpression { return range }
    let feed = source[range].lastIndex(of: 0x0A)
    let startsLine = range.lowerBound == 0 || source[range.lowerBound - 1] == 0x0A
    guard feed != nil || startsLine else { return range }
    let lineStart = feed.map { $0 + 1 } ?? range.lowerBound
    return spaceEnd(lineStart) >= range.upperBound ? range.lowerBound..<lineStart : range
  }

  private mutating func comment(from inner: Int) throws {
    var place = inner
    while !(byte(place) == UInt8(ascii: "#") && byte(place + 1) == UInt8(ascii: "}")) {
      guard place < source.count else { throw problem("a comment, `{#`, is never closed") }
      place += 1
    }
    let sign = place > inner ? source[place - 1] : 0
    advance(to: end(behind: place + 2, sign: sign, trims: true))
  }

  /// Where what follows a closing mark begins.
  private func end(behind mark: Int, sign: UInt8, trims: Bool) -> Int {
    if sign == UInt8(ascii: "-") { return spaceEnd(mark) }
    return trims && sign != UInt8(ascii: "+") && byte(mark) == 0x0A ? mark + 1 : mark
  }

  /// Where the text of `{% raw %}` begins, if that is the tag whose inside begins here.
  private func rawStart(_ inner: Int) -> Int? {
    guard let end = word("raw", spaceEnd(inner)) else { return nil }
    // Other than all others, this tag does not take the end of its line.
    return closing(spaceEnd(end), isBlock: true, trims: false)
  }

  /// Where a word at a place ends, if it is there.
  private func word(_ word: String, _ place: Int) -> Int? {
    let end = place + word.utf8.count
    guard end <= source.count, source[place..<end].elementsEqual(word.utf8) else { return nil }
    return end
  }

  private mutating func raw(from start: Int) throws {
    advance(to: start)
    var place = start
    while place < source.count {
      if source[place] == UInt8(ascii: "{"), byte(place + 1) == UInt8(ascii: "%") {
        let sign = byte(place + 2)
        let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
        if let end = word("endraw", spaceEnd(place + (isSigned ? 3 : 2))),
          let next = closing(spaceEnd(end), isBlock: true, trims: true)
        {
          appendData(kept(start..<place, sign: sign, isExpression: false))
          return advance(to: next)
        }
      }
      place += 1
    }
    throw problem("`{% raw %}` is never closed; `{% endraw %}` closes it")
  }

  /// Where what follows a tag begins, if the tag's closing mark is at this place.
  func closing(_ place: Int, isBlock: Bool, trims: Bool) -> Int? {
    let mark = isBlock ? UInt8(ascii: "%") : UInt8(ascii: "}")
    let sign = byte(place)
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") && isBlock && trims
    let start = place + (isSigned ? 1 : 0)
    guard byte(start) == mark, byte(start + 1) == UInt8(ascii: "}") else { return nil }
    return end(behind: start + 2, sign: isSigned ? sign : 0, trims: isBlock && trims)
  }
}
