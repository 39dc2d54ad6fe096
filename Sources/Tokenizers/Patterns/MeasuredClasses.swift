import COnig
import ModelFiles

/// Makes Oniguruma's library match the classes of Unicode 16, which the reference has, whatever
/// Unicode the library on this machine knows: they are defined under names of their own, and
/// expressions are rewritten to use those.
enum MeasuredClasses {
  /// The name that each class gets, and the names that it has in `\p{…}`, without spaces, hyphens
  /// and underscores and in lower case.
  private static let known: [(name: StaticString, trait: PatternTraits, aliases: [String])] = [
    ("embedl", .letter, ["l", "letter"]),
    ("embedn", .number, ["n", "number"]),
    ("embeds", .space, ["space", "whitespace"]),
    ("embedd", .digit, ["nd", "decimalnumber", "digit"]),
    ("embedw", .word, ["word"]),
    ("embedp", .punctuation, ["p", "punctuation"]),
    ("embedsymbol", .symbol, ["s", "symbol"]),
    ("embedm", .mark, ["m", "mark", "combiningmark"]),
    ("embedlu", .uppercase, ["lu", "uppercaseletter"]),
    ("embedll", .lowercase, ["ll", "lowercaseletter"]),
    ("embedlt", .titlecase, ["lt", "titlecaseletter"]),
    ("embedlm", .modifier, ["lm", "modifierletter"]),
    ("embedlo", .otherLetter, ["lo", "otherletter"]),
    ("embedhan", .han, ["han", "hani"]),
  ]

  /// Properties that no version of Unicode since 8 has changed.
  private static let stable: Set<String> = [
    "any", "ascii", "blank", "cc", "cntrl", "control", "hangul", "hang", "thai", "xdigit", "zl",
    "zp", "zs",
  ]

  private static let names: [String: String] = Dictionary(
    uniqueKeysWithValues: known.flatMap { entry in
      entry.aliases.map { ($0, "\(entry.name)") }
    })

  /// The library, opened once.
  static let open = Result<Void, any Error> {
    // The library keeps the names and the ranges, so they are never freed.
    let names = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: known.count)
    let classes = UnsafeMutablePointer<UnsafePointer<UInt32>?>.allocate(capacity: known.count)
    for (index, entry) in known.enumerated() {
      names[index] = UnsafeRawPointer(entry.name.utf8Start).assumingMemoryBound(to: CChar.self)
      let ranges = entry.trait.ranges
      let numbers = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 + 2 * ranges.count)
      numbers[0] = UInt32(ranges.count)
      for (position, range) in ranges.enumerated() {
        numbers[1 + 2 * position] = UInt32(range.lowerBound)
        numbers[2 + 2 * position] = UInt32(range.upperBound - 1)
      }
      classes[index] = UnsafePointer(numbers)
    }
    _ = try RegexPattern.withMessage("Oniguruma's library cannot be used") {
      co_open(names, classes, known.count, $0) == 0 ? true : nil
    }
  }

  /// The expression with each class under its own name.
  /// - Throws: if it has what depends on the library's Unicode or would run code of the library.
  static func rewrite(_ regex: [UInt8], _ stops: RegexStops) throws -> [UInt8] {
    var rewriter = ClassRewriter(regex, stops)
    try rewriter.rewrite()
    return rewriter.output
  }

  /// The name of the class that `\p{…}` names; nil if the library's own is the same.
  static func name(of property: String) throws -> String? {
    let plain = property.filter { !" -_".contains($0) }.lowercased()
    if let name = names[plain] { return name }
    guard stable.contains(plain) else {
      let all = (names.keys.map { $0 } + stable).sorted().joined(separator: ", ")
      throw FileError("the property `\(property)` is not supported; known are \(all)")
    }
    return nil
  }
}
