import ModelFiles

/// The end of a text that is cut off.
package enum TruncationDirection: Sendable {
  case right, left
}

/// How many tokens of a text may stay, beside those that a post-processor adds.
struct Truncation {
  let room: Int
  let direction: TruncationDirection

  /// - Throws: if there is no room for a single token. The reference's subtraction wraps there, and
  ///   it keeps the whole text.
  init(limit: Int?, specials: Int, direction: TruncationDirection) throws {
    let limit = limit ?? Int.max
    guard limit > specials else {
      throw FileError(
        "a limit of \(limit) tokens leaves no room for text beside \(specials) special tokens; "
          + "the least is \(specials + 1)")
    }
    room = limit - specials
    self.direction = direction
  }

  /// Whether nothing that comes after `count` tokens can be in the result.
  func isFull(_ count: Int) -> Bool { direction == .right && count > room }

  /// Cuts what is too much; false if nothing was.
  func callAsFunction(_ ids: inout [Int32]) -> Bool {
    guard ids.count > room else { return false }
    switch direction {
    case .right: ids.removeLast(ids.count - room)
    case .left: ids.removeFirst(ids.count - room)
    }
    return true
  }
}
