/// An expression that matches runs of one class, such as `\s+`, ` {2,}` or `[0-9]`; or else some
/// bytes alone, as `\s{2,}|[\n\r\t]` does.
struct RunPattern: Sendable {
  private enum Member: Sendable {
    case trait(PatternTraits)
    case other(than: PatternTraits)
    case ascii(ClosedRange<UInt32>)
  }

  private let member: Member
  /// The shortest and the longest run that is a match, in scalars.
  private let lengths: ClosedRange<Int>
  /// Members that are a match even if their run is too short.
  private let single: [UInt8]
  private let traits = PatternTraits.table

  private static let any = 1...Int.max
  private static let known: [String: (Member, ClosedRange<Int>)] = [
    #"\s"#: (.trait(.space), 1...1),
    #"\s+"#: (.trait(.space), any),
    #"\s{2,}"#: (.trait(.space), 2...Int.max),
    #"[^\s]+"#: (.other(than: .space), any),
    #"\S+"#: (.other(than: .space), any),
    " ": (.ascii(0x20...0x20), 1...1),
    " +": (.ascii(0x20...0x20), any),
    " {2,}": (.ascii(0x20...0x20), 2...Int.max),
    #"\d"#: (.trait(.digit), 1...1),
    #"\d+"#: (.trait(.digit), any),
    "[0-9]": (.ascii(0x30...0x39), 1...1),
    "[0-9]+": (.ascii(0x30...0x39), any),
    #"\p{N}"#: (.trait(.number), 1...1),
    #"\p{N}+"#: (.trait(.number), any),
    #"\p{N}{1,3}"#: (.trait(.number), 1...3),
    #"\p{L}+"#: (.trait(.letter), any),
  ]

  /// DeBERTa's, of which nothing is a match but white space.
  private static let spacesOrLines = #"\s{2,}|[\n\r\t]"#

  /// The expressions that are known.
  static var expressions: [String] { known.keys.sorted() + [spacesOrLines] }

  /// nil if `regex` is none that is known by its text.
  init?(_ regex: String) {
    let isDeBERTas = regex == Self.spacesOrLines
    guard let known = Self.known[isDeBERTas ? #"\s{2,}"# : regex] else { return nil }
    (member, lengths) = known
    single = isDeBERTas ? Array("\n\r\t".utf8) : []
  }

  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    var start = 0
    while start < text.count {
      var end = start
      var length = 0
      while end < text.count, length < lengths.upperBound {
        let (scalar, next) = text.scalar(at: end)
        guard contains(scalar) else { break }
        end = next
        length += 1
      }
      if length >= lengths.lowerBound || length == 1 && single.contains(text[start]) {
        try body(start..<end)
      }
      start = length > 0 ? end : text.scalar(at: start).end
    }
  }

  private func contains(_ scalar: UInt32) -> Bool {
    switch member {
    case .trait(let trait): traits[scalar].contains(trait)
    case .other(let trait): !traits[scalar].contains(trait)
    case .ascii(let range): range.contains(scalar)
    }
  }
}
