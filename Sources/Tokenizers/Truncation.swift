import ModelFiles

/// The end of a text that is cut off.
package enum TruncationDirection: Sendable {
  case right, left
}

/// Which text of a pair is cut if both are too long together.
package enum TruncationStrategy: String, Sendable, CaseIterable {
  /// The longer one until both are equally long, then both.
  case longestFirst = "longest_first"
  case onlyFirst = "only_first"
  case onlySecond = "only_second"
}

/// How many tokens of a text, or of a pair, may stay, beside those that a post-processor adds.
struct Truncation {
  let room: Int
  let direction: TruncationDirection
  private let specials: Int

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
    self.specials = specials
  }

  /// Whether nothing that comes after `count` tokens can be in the result.
  func isFull(_ count: Int) -> Bool { direction == .right && count > room }

  /// Cuts what is too much; false if nothing was.
  func callAsFunction(_ ids: inout [Int32]) -> Bool { cut(&ids, to: room) }

  /// Cuts both texts of a pair as the reference does.
  /// - Parameter ids: the tokens of both; of a text that `isFull` they need not be all.
  func callAsFunction(
    _ first: inout [Int32], _ second: inout [Int32], _ strategy: TruncationStrategy
  ) throws -> (first: Bool, second: Bool) {
    let kept = try kept(first.count, second.count, strategy)
    return (cut(&first, to: kept.first), cut(&second, to: kept.second))
  }

  /// Whether the tokens of a pair that is cut tell how many of each stay. Of two texts that are
  /// each too long the longer one keeps the odd token.
  func isKnown(_ first: Int, _ second: Int, _ strategy: TruncationStrategy) -> Bool {
    strategy != .longestFirst || room % 2 == 0 || !isFull(first) || !isFull(second)
  }

  private func cut(_ ids: inout [Int32], to count: Int) -> Bool {
    guard ids.count > count else { return false }
    switch direction {
    case .right: ids.removeLast(ids.count - count)
    case .left: ids.removeFirst(ids.count - count)
    }
    return true
  }

  /// How many tokens of each text stay.
  private func kept(
    _ first: Int, _ second: Int, _ strategy: TruncationStrategy
  ) throws -> (first: Int, second: Int) {
    if first + second <= room { return (first, second) }
    switch strategy {
    case .longestFirst:
      let (shorter, longer) = longestFirst(min(first, second))
      return first > second ? (longer, shorter) : (shorter, longer)
    case .onlyFirst: return (try rest(beside: second, "second", strategy), second)
    case .onlySecond: return (first, try rest(beside: first, "first", strategy))
    }
  }

  /// - Parameter shorter: how many tokens the shorter text has.
  private func longestFirst(_ shorter: Int) -> (shorter: Int, longer: Int) {
    // The longer text keeps no fewer than the shorter one has.
    let longer = max(shorter, room - shorter)
    if shorter + longer <= room { return (shorter, longer) }
    return (room / 2, room / 2 + room % 2)
  }

  /// What the other text, which is not cut, leaves.
  private func rest(
    beside other: Int, _ name: String, _ strategy: TruncationStrategy
  ) throws -> Int {
    guard other < room else {
      throw FileError(
        "the \(name) text has \(room) tokens or more, all that a limit of \(room + specials) "
          + "tokens leaves beside \(specials) special tokens, and `\(strategy.rawValue)` does not cut it; "
          + "raise the limit or use `longest_first`")
    }
    return room - other
  }
}
