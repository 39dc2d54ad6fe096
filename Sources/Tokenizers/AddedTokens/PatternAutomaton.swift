import ModelFiles

/// Finds the leftmost, of those the longest, of many patterns, in one pass whatever the patterns
/// are (Aho & Corasick, 1975).
///
/// It reads the text backwards with the patterns reversed: at each position it then knows the
/// longest pattern that starts there, which is all that leftmost-longest asks. Forwards, a match
/// that turns out not to go on would have to be read again.
struct PatternAutomaton: Sendable {
  /// States are beginnings of reversed patterns; 0 is the empty one.
  private var transitions: TransitionTable
  /// Where state 0 goes with each byte; 0 with most, over which the search runs fast.
  private var first = [Int32](repeating: 0, count: 256)
  /// The longest proper end of each state that is a state.
  private var failures: [Int32] = [0]
  /// The longest pattern that is an end of each state; -1 if none.
  private var longest: [Int32] = [-1]
  private let lengths: [Int]

  /// A hundred thousand tokens, as some models add, have an eighth as many bytes.
  private static let mostBytes = 1 << 24
  // States, their transitions, and those again in another order.
  private static let memoryPerByte = 100

  /// - Parameter patterns: none empty. Of equal ones the first is found.
  init(_ patterns: [[UInt8]]) throws {
    lengths = patterns.map(\.count)
    let count = lengths.reduce(0, +)
    try Self.check(count)
    try MemoryBound.check(count, Self.memoryPerByte, for: "finding \(patterns.count) added tokens")
    transitions = TransitionTable(capacity: count)
    var tree: [Transition] = []
    for (pattern, bytes) in patterns.enumerated() { try insert(bytes, Int32(pattern), &tree) }
    for transition in Self.shallowFirst(tree) where transition.from != 0 { link(transition) }
  }

  /// - Throws: if patterns have too many bytes together.
  static func check(_ count: Int) throws {
    guard count <= mostBytes else {
      throw FileError(
        "the added tokens have \(count) bytes or more, at most \(mostBytes) are supported; check "
          + "`added_tokens`")
    }
  }

  /// A transition from a state of `depth` bytes, by a byte, to a longer state.
  private struct Transition {
    let from: Int32
    let byte: UInt8
    let to: Int32
    let depth: Int
  }

  /// A match: the bytes of it and the pattern's number.
  typealias Match = (range: Range<Int>, pattern: Int)

  /// Matches from left to right that do not overlap.
  func matches(in text: UnsafeRawBufferPointer) -> [Match] {
    var end = 0
    return starts(in: text).reversed().compactMap { start, pattern in
      guard start >= end else { return nil }
      end = start + lengths[pattern]
      return (start..<end, pattern)
    }
  }

  /// From the end, where a pattern starts, with the longest that does.
  private func starts(in text: UnsafeRawBufferPointer) -> [(start: Int, pattern: Int)] {
    var found: [(start: Int, pattern: Int)] = []
    var state: Int32 = 0
    first.withUnsafeBufferPointer { first in
      var position = text.count
      while position > 0 {
        position -= 1
        state = state == 0 ? first[Int(text[position])] : next(state, text[position])
        if state == 0 { continue }
        let pattern = longest[Int(state)]
        if pattern >= 0 { found.append((position, Int(pattern))) }
      }
    }
    return found
  }

  /// Each step that fails goes to a shorter state and each other to one that is longer by 1: there
  /// are at most two for each byte of a text.
  private func next(_ state: Int32, _ byte: UInt8) -> Int32 {
    var state = state
    while state != 0 {
      if let next = transitions[state, byte] { return next }
      state = failures[Int(state)]
    }
    return first[Int(byte)]
  }

  private mutating func insert(
    _ bytes: [UInt8], _ pattern: Int32, _ tree: inout [Transition]
  ) throws {
    var state: Int32 = 0
    for (depth, byte) in bytes.reversed().enumerated() {
      let known = state == 0 ? first[Int(byte)] : transitions[state, byte] ?? 0
      if known != 0 {
        state = known
        continue
      }
      let new = Int32(failures.count)
      failures.append(0)
      longest.append(-1)
      if state == 0 { first[Int(byte)] = new } else { try transitions.insert(state, byte, new) }
      tree.append(Transition(from: state, byte: byte, to: new, depth: depth))
      state = new
    }
    if longest[Int(state)] < 0 { longest[Int(state)] = pattern }
  }

  /// The transitions in the order of their depth, in linear time.
  private static func shallowFirst(_ tree: [Transition]) -> [Transition] {
    let deepest = tree.reduce(0) { max($0, $1.depth) }
    var offsets = [Int](repeating: 0, count: deepest + 2)
    for transition in tree { offsets[transition.depth + 1] += 1 }
    for depth in offsets.indices.dropFirst() { offsets[depth] += offsets[depth - 1] }
    var sorted = tree
    for transition in tree {
      sorted[offsets[transition.depth]] = transition
      offsets[transition.depth] += 1
    }
    return sorted
  }

  /// Completes a state, all shorter ones being complete.
  private mutating func link(_ transition: Transition) {
    let failure = next(failures[Int(transition.from)], transition.byte)
    failures[Int(transition.to)] = failure
    if longest[Int(transition.to)] < 0 { longest[Int(transition.to)] = longest[Int(failure)] }
  }
}
