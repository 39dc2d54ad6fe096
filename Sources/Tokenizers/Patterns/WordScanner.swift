/// What a scalar is to the patterns of words.
enum WordKind: UInt8 {
  case letter, number, lineEnd, space, mark, beyondASCII

  init(_ scalar: UInt32, _ traits: PatternTraits) {
    if traits.contains(.letter) {
      self = .letter
    } else if traits.contains(.number) {
      self = .number
    } else if traits.contains(.space) {
      self = scalar == 0x0A || scalar == 0x0D ? .lineEnd : .space
    } else {
      self = .mark
    }
  }

  var isSpace: Bool { self == .space || self == .lineEnd }
}

/// Reads a text for the patterns of words: where does the match end that begins at a position?
struct WordScanner {
  let text: UnsafeRawBufferPointer
  /// The kinds of ASCII, for each byte.
  let kinds: UnsafeBufferPointer<WordKind>
  let traits: TraitsTable<PatternTraits>

  /// Alternatives in their order: contraction, word with a space before it, white space.
  func endGPT2(_ start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = contractionEnd(start, folding: false) { return end }
    let (kind, next) = read(start)
    if first == 0x20, next < text.count {
      let (second, end) = read(next)
      if !second.isSpace { return runEnd(of: second, from: end) }
    }
    return kind.isSpace ? spaceEnd(start) : runEnd(of: kind, from: next)
  }

  /// Alternatives in their order: contraction, letters with any mark or space before them, digits,
  /// marks with a space before and line ends after them, white space up to its last line end, other
  /// white space.
  func endCL100K(_ start: Int, _ digits: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = contractionEnd(start, folding: true) { return end }
    let (kind, next) = read(start)
    switch kind {
    case .letter: return runEnd(of: .letter, from: next)
    case .number: return digitsEnd(from: next, most: digits - 1)
    case .lineEnd: return linesEnd(start) ?? spaceEnd(start)
    default: break
    }
    guard next < text.count else { return next }
    let (second, end) = read(next)
    if second == .letter { return runEnd(of: .letter, from: end) }
    if kind == .mark { return lineEndsEnd(from: runEnd(of: .mark, from: next)) }
    if first == 0x20, second == .mark { return lineEndsEnd(from: runEnd(of: .mark, from: end)) }
    return linesEnd(start) ?? spaceEnd(start)
  }

  @inline(__always)
  private func read(_ position: Int) -> (WordKind, end: Int) {
    let kind = kinds[Int(text[position])]
    guard kind == .beyondASCII else { return (kind, position + 1) }
    let (scalar, end) = text.scalar(at: position)
    return (WordKind(scalar, traits[scalar]), end)
  }

  @inline(__always)
  private func runEnd(of kind: WordKind, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (next, end) = read(position)
      if next != kind { break }
      position = end
    }
    return position
  }

  private func digitsEnd(from start: Int, most: Int) -> Int {
    var position = start
    var left = most
    while left > 0, position < text.count {
      let (kind, end) = read(position)
      guard kind == .number else { break }
      position = end
      left -= 1
    }
    return position
  }

  /// Where the line ends from `start` on end: `[\r\n]*`.
  private func lineEndsEnd(from start: Int) -> Int {
    var position = start
    while position < text.count, kinds[Int(text[position])] == .lineEnd { position += 1 }
    return position
  }

  /// Behind the last line end of the white space at `start`; nil if there is none: `\s*[\r\n]+`.
  private func linesEnd(_ start: Int) -> Int? {
    var position = start
    var last: Int?
    while position < text.count {
      let (kind, end) = read(position)
      guard kind.isSpace else { break }
      if kind == .lineEnd { last = end }
      position = end
    }
    return last
  }

  /// `\s+(?!\S)|\s+`: white space but for its last scalar, if that is not all and text follows.
  private func spaceEnd(_ start: Int) -> Int {
    var position = start
    var last = start
    while position < text.count {
      let (kind, end) = read(position)
      guard kind.isSpace else { return last > start ? last : position }
      last = position
      position = end
    }
    return position
  }

  /// Behind `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`; nil if `start` is at none.
  private func contractionEnd(_ start: Int, folding: Bool) -> Int? {
    func letter(_ position: Int) -> UInt8 {
      guard position < text.count else { return 0 }
      let byte = text[position]
      return folding && byte &- 65 < 26 ? byte | 0x20 : byte
    }
    switch letter(start + 1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return letter(start + 2) == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"):
      return letter(start + 2) == UInt8(ascii: "l") ? start + 3 : nil
    // ſ, U+017F, is an s without its case.
    case 0xC5 where folding:
      return letter(start + 2) == 0xBF ? start + 3 : nil
    default:
      return nil
    }
  }
}
