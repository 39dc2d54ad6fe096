import ModelFiles

/// Where the matches go that a text is split at.
enum SplitBehavior: String, Sendable, CaseIterable {
  case removed = "Removed"
  /// Each is a pre-token.
  case isolated = "Isolated"
  /// Each goes to the pre-token before it; the second of two that touch is a pre-token.
  case mergedWithPrevious = "MergedWithPrevious"
  /// Each goes to the pre-token after it; the first of two that touch is a pre-token.
  case mergedWithNext = "MergedWithNext"
  /// Those that touch are one pre-token.
  case contiguous = "Contiguous"

  /// The behavior that the string `json` names.
  init(_ json: JSON) throws {
    let name = try json.string()
    guard let behavior = Self(rawValue: name) else {
      throw FileError(
        "\(json.name): `\(json.path)` is `\(name)`, should be one of "
          + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = behavior
  }
}

extension PreTokenizedText {
  /// Splits each pre-token that is not a token at the matches that `find` reports, from left to
  /// right.
  /// - Parameter invert: what lies between the matches is split at instead.
  mutating func split(
    _ behavior: SplitBehavior, invert: Bool = false,
    find: (UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) throws -> Void
  ) rethrows {
    try split { bytes, parts in
      var stretches = Stretches(behavior: behavior)
      var end = 0
      try find(bytes) { match in
        if end < match.lowerBound {
          stretches.append(end..<match.lowerBound, isMatch: invert, to: &parts)
        }
        stretches.append(match, isMatch: !invert, to: &parts)
        end = match.upperBound
      }
      if end < bytes.count { stretches.append(end..<bytes.count, isMatch: invert, to: &parts) }
      stretches.finish(&parts)
    }
  }

  /// Splits each pre-token that is not a token at every scalar that `isMatch` accepts.
  mutating func split(_ behavior: SplitBehavior, at isMatch: (UInt32) -> Bool) {
    split(behavior) { bytes, body in
      for (scalar, range) in bytes.scalars() where isMatch(scalar) { body(range) }
    }
  }
}

/// The stretches of a pre-token, matches and what lies between, on their way to become parts.
private struct Stretches {
  let behavior: SplitBehavior
  /// The stretch that the next one may be joined to.
  private var held: Range<Int>?
  private var heldIsMatch = false

  init(behavior: SplitBehavior) { self.behavior = behavior }

  mutating func append(_ stretch: Range<Int>, isMatch: Bool, to parts: inout PreTokenParts) {
    switch behavior {
    case .isolated:
      parts.append(stretch)
    case .removed:
      if !isMatch { parts.append(stretch) }
    case .contiguous:
      hold(stretch, isMatch, joined: isMatch == heldIsMatch, &parts)
    case .mergedWithPrevious:
      hold(stretch, isMatch, joined: isMatch && !heldIsMatch, &parts)
    case .mergedWithNext:
      hold(stretch, isMatch, joined: !isMatch && heldIsMatch, &parts)
    }
  }

  /// Holds `stretch` together with what is held, or instead of it.
  private mutating func hold(
    _ stretch: Range<Int>, _ isMatch: Bool, joined: Bool, _ parts: inout PreTokenParts
  ) {
    if joined, let before = held {
      held = before.lowerBound..<stretch.upperBound
    } else {
      finish(&parts)
      held = stretch
    }
    heldIsMatch = isMatch
  }

  mutating func finish(_ parts: inout PreTokenParts) {
    if let held { parts.append(held) }
    held = nil
  }
}
