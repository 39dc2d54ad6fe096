extension JinjaLexer {
  private static let pairs = ["//", "**", "==", "!=", ">=", "<="]
  private static let singles = Array("+-/*%~[](){}><=.:|,".utf8)

  /// The tokens of a tag up to its closing mark; within brackets that mark is none.
  mutating func tag(isBlock: Bool) throws {
    var brackets: [UInt8] = []
    while true {
      advance(to: spaceEnd(position))
      guard position < source.count else {
        throw problem("`\(isBlock ? "{%" : "{{")` is never closed")
      }
      if brackets.isEmpty, let end = closing(position, isBlock: isBlock, trims: true) {
        append(isBlock ? .tagEnd : .expressionEnd)
        return advance(to: end)
      }
      switch source[position] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): try string()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
      case let byte where isNamePart(byte): name()
      default: try symbol(&brackets)
      }
    }
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private mutating func name() {
    var end = position
    while isNamePart(byte(end)) { end += 1 }
    append(.name(String(decoding: source[position..<end], as: UTF8.self)))
    advance(to: end)
  }

  private mutating func symbol(_ brackets: inout [UInt8]) throws {
    let byte = source[position]
    let pair = String(decoding: source[position..<min(position + 2, source.count)], as: UTF8.self)
    if Self.pairs.contains(pair) {
      append(.symbol(pair))
      return advance(to: position + 2)
    }
    guard Self.singles.contains(byte) else {
      let scalar = source.withUnsafeBytes { $0.scalar(at: position).value }
      let found = byte < 0x20 || byte == 0x7F ? "a control character" : "`\(character(scalar))`"
      throw problem("\(found) means nothing in a tag; names are of ASCII letters")
    }
    switch byte {
    case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
    case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
    case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
    case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"):
      guard let expected = brackets.popLast() else {
        throw problem("`\(character(UInt32(byte)))` closes nothing")
      }
      guard expected == byte else {
        throw problem(
          "found `\(character(UInt32(byte)))`, should be `\(character(UInt32(expected)))`")
      }
    default: break
    }
    append(.symbol(String(character(UInt32(byte)))))
    advance(to: position + 1)
  }

  private func character(_ scalar: UInt32) -> Character {
    Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")
  }

  // MARK: numbers

  private func digitsEnd(_ start: Int) -> Int {
    var end = start
    while true {
      let digit = byte(end) == UInt8(ascii: "_") && end > start ? end + 1 : end
      guard 0x30...0x39 ~= byte(digit) else { return end }
      end = digit + 1
    }
  }

  private mutating func number() throws {
    let isIndex = position > 0 && source[position - 1] == UInt8(ascii: ".")
    let prefix = byte(position + 1) | 0x20
    if byte(position) == UInt8(ascii: "0"), [0x62, 0x6F, 0x78].contains(prefix) {
      return try based(prefix == 0x62 ? 2 : prefix == 0x6F ? 8 : 16)
    }
    var end = digitsEnd(position)
    var isFloat = false
    if !isIndex {
      if byte(end) == UInt8(ascii: "."), 0x30...0x39 ~= byte(end + 1) {
        (end, isFloat) = (digitsEnd(end + 1), true)
      }
      if byte(end) | 0x20 == UInt8(ascii: "e") {
        let sign = byte(end + 1) == UInt8(ascii: "+") || byte(end + 1) == UInt8(ascii: "-")
        let exponent = end + (sign ? 2 : 1)
        if 0x30...0x39 ~= byte(exponent) { (end, isFloat) = (digitsEnd(exponent), true) }
      }
    }
    let text = String(decoding: source[position..<end].filter { $0 != 0x5F }, as: UTF8.self)
    if isFloat, let value = Double(text) {
      append(.float(value))
    } else if text.utf8.count == 1 || text.utf8.first != 0x30
      || text.utf8.allSatisfy({ $0 == 0x30 }),
      let value = Int(text)
    {
      append(.int(value))
    } else {
      throw problem("`\(text.prefix(40))` is no number that fits into 64 bits")
    }
    advance(to: end)
  }

  /// `0x1F` and its kind.
  private mutating func based(_ base: Int) throws {
    var end = position + 2
    while isNamePart(byte(end)) { end += 1 }
    let digits = source[(position + 2)..<end].filter { $0 != 0x5F }
    guard let value = Int(String(decoding: digits, as: UTF8.self), radix: base) else {
      let text = String(decoding: source[position..<end], as: UTF8.self)
      throw problem("`\(text.prefix(40))` is no number that fits into 64 bits")
    }
    append(.int(value))
    advance(to: end)
  }

  // MARK: strings

  private mutating func string() throws {
    let quote = source[position]
    var text: [UInt8] = []
    var place = position + 1
    while byte(place) != quote || place >= source.count {
      guard place < source.count else { throw problem("a string is never closed") }
      if source[place] == UInt8(ascii: "\\") {
        place = try escape(place + 1, into: &text)
      } else {
        text.append(source[place])
        place += 1
      }
    }
    append(.text(text))
    advance(to: place + 1)
  }

  /// Undoes an escape as Python does, from behind its backslash.
  private func escape(_ place: Int, into text: inout [UInt8]) throws -> Int {
    guard place < source.count else { throw problem("a string is never closed") }
    switch source[place] {
    case 0x0A: break
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(source[place])
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "a"): text.append(0x07)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "v"): text.append(0x0B)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var end = place
      while end < place + 3, 0x30...0x37 ~= byte(end) { end += 1 }
      return try scalar(place..<end, base: 8, into: &text)
    case UInt8(ascii: "x"): return try scalar(place + 1..<place + 3, base: 16, into: &text)
    case UInt8(ascii: "u"): return try scalar(place + 1..<place + 5, base: 16, into: &text)
    case UInt8(ascii: "U"): return try scalar(place + 1..<place + 9, base: 16, into: &text)
    case UInt8(ascii: "N"): throw problem("`\\N`, a character by its name, is not supported")
    // Not one: the backslash stays.
    default: text += [UInt8(ascii: "\\"), source[place]]
    }
    return place + 1
  }

  private func scalar(_ digits: Range<Int>, base: Int, into text: inout [UInt8]) throws -> Int {
    guard digits.upperBound <= source.count,
      let value = UInt32(String(decoding: source[digits], as: UTF8.self), radix: base),
      let scalar = Unicode.Scalar(value)
    else { throw problem("a string has an escape that is no character") }
    text.append(scalar: scalar.value)
    return digits.upperBound
  }
}
