extension Character {
  // Scalars that take two columns of a terminal: the wide and full ones of Unicode's EastAsianWidth, by
  // their blocks, and pictures.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]

  /// The columns of a terminal that it takes.
  var displayWidth: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return Self.wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }
}

extension String {
  /// A text as a terminal may show it, in one line.
  init(shown bytes: [UInt8]) {
    // What is beyond could not be shown, and may be a megabyte.
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self).unicodeScalars.map {
      $0.value < 32 || 0x7F...0x9F ~= $0.value ? " " : $0
    }
    self.init(String.UnicodeScalarView(text))
  }

  /// The columns of a terminal that it takes.
  var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The same in so many columns at most, with a sign where something was cut.
  func cut(toWidth width: Int) -> String {
    guard displayWidth > width else { return self }
    var (kept, used) = ("", 0)
    for character in self {
      used += character.displayWidth
      guard used < width else { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
