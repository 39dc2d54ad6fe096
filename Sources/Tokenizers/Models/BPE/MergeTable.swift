import ModelFiles

/// What pairs of symbols are merged into, and which first: a hash table over pairs of ids.
struct MergeTable: Sendable {
  /// Ids below `noPair`, the left one above.
  typealias Pair = UInt64
  /// A merge's rank above and the id that it makes below: of two the smaller comes first.
  typealias Step = UInt64

  fileprivate struct Slot: Sendable {
    var pair = MergeTable.noPair
    var step = MergeTable.none
  }

  /// No pair, since ids are below 2³¹.
  private static let noPair = Pair.max
  /// What a pair that is not merged has: behind every step.
  static let none = Step.max

  /// A power of two, at least twice as many as pairs.
  private var slots: [Slot]
  private let shift: UInt64
  /// What the merge of each rank makes.
  private var made: [Int32] = []
  private(set) var count = 0

  /// - Parameter capacity: how many merges will be inserted at most, fewer than 2³¹.
  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * capacity { bits += 1 }
    shift = 64 - bits
    slots = [Slot](repeating: Slot(), count: 1 << bits)
  }

  /// Adds a merge, of the rank that follows the last one's; of several of the same pair the last
  /// counts.
  mutating func insert(_ left: Int32, _ right: Int32, id: Int32) throws {
    let rank = made.count
    let pair = Self.pair(left, right)
    var slot = Self.firstSlot(pair, shift)
    while slots[slot].pair != Self.noPair, slots[slot].pair != pair {
      slot = (slot + 1) & (slots.count - 1)
    }
    if slots[slot].pair == Self.noPair { count += 1 }
    slots[slot] = Slot(pair: pair, step: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: id)))
    made.append(id)
    guard SlotRun.isShort(around: slot, of: slots.count, { slots[$0].pair != Self.noPair }) else {
      throw FileError("too many merges share a hash; check the file")
    }
  }

  /// Looks pairs up, in `body` alone.
  func withLookup<R>(_ body: (Lookup) throws -> R) rethrows -> R {
    try slots.withUnsafeBufferPointer { slots in
      try made.withUnsafeBufferPointer { made in
        try body(Lookup(slots: slots, made: made, shift: shift))
      }
    }
  }

  /// The table's memory while it is read.
  struct Lookup {
    fileprivate let slots: UnsafeBufferPointer<Slot>
    fileprivate let made: UnsafeBufferPointer<Int32>
    fileprivate let shift: UInt64

    /// What two neighbours become.
    @inline(__always)
    func callAsFunction(_ left: Int32, _ right: Int32) -> Step {
      let pair = MergeTable.pair(left, right)
      var slot = MergeTable.firstSlot(pair, shift)
      while true {
        let found = slots[slot]
        // Half of the slots are free, and a free one says `none`.
        if found.pair == pair || found.pair == MergeTable.noPair { return found.step }
        slot = (slot + 1) & (slots.count - 1)
      }
    }

    /// What the merge of a rank makes.
    func id(ofRank rank: Int) -> Int32 { made[rank] }
  }

  @inline(__always)
  private static func pair(_ left: Int32, _ right: Int32) -> Pair {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func firstSlot(_ pair: Pair, _ shift: UInt64) -> Int {
    // The ids come one after the other: folded, so that the left one reaches all upper bits.
    Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// The rank of a step that is not `none`.
  @inline(__always)
  static func rank(_ step: Step) -> Int32 { Int32(truncatingIfNeeded: step >> 32) }

  /// The id that a step makes.
  @inline(__always)
  static func id(_ step: Step) -> Int32 { Int32(truncatingIfNeeded: step) }
}
