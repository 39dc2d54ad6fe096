import Synchronization

/// Caches the tokens of short words in memory of fixed size, which threads share without locks.
///
/// Each slot has a version, which is odd while a thread writes to it. A reader compares the version
/// before and after, and discards what it read if it changed; a writer skips a slot that is being
/// written. A new word replaces the old one in its slot.
final class WordCache: Sendable {
  /// The longest word, in bytes.
  static let longestWord = 47
  /// The most tokens of a word.
  static let mostIDs = 17

  // A slot has 16 words of 8 bytes: the version, 6 of the key, 9 of the ids behind their count.
  private static let slotSize = 16
  private static let keySize = 6
  private static let slotBits: UInt64 = 14

  /// Owned here, and atomic throughout, which is what makes it safe to share.
  private nonisolated(unsafe) let memory: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    let count = Self.slotSize << Self.slotBits
    memory = .allocate(capacity: count)
    for index in 0..<count { (memory + index).initialize(to: Atomic(0)) }
  }

  deinit {
    memory.deinitialize(count: Self.slotSize << Self.slotBits)
    memory.deallocate()
  }

  /// Appends the ids of a word, which is not empty; false if they are not here.
  func append(_ word: UnsafeRawBufferPointer, to ids: inout [Int32]) -> Bool {
    guard word.count <= Self.longestWord else { return false }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.slotSize) { room in
      let slot = memory + Self.read(word, into: room) * Self.slotSize
      let version = slot[0].load(ordering: .acquiring)
      // The last word has the length, and differs the most.
      guard version & 1 == 0, slot[Self.keySize].load(ordering: .relaxed) == room[Self.keySize - 1]
      else { return false }
      for index in 0..<Self.keySize - 1
      where slot[1 + index].load(ordering: .relaxed) != room[index] {
        return false
      }
      let first = slot[1 + Self.keySize].load(ordering: .relaxed)
      let count = Int(truncatingIfNeeded: first & 0xFF)
      guard count <= Self.mostIDs else { return false }
      room[0] = first
      for index in 0..<count / 2 {
        room[1 + index] = slot[2 + Self.keySize + index].load(ordering: .relaxed)
      }
      atomicMemoryFence(ordering: .acquiring)
      guard slot[0].load(ordering: .relaxed) == version else { return false }
      room.withMemoryRebound(to: Int32.self) {
        ids.append(contentsOf: UnsafeBufferPointer(rebasing: $0[1..<1 + count]))
      }
      return true
    }
  }

  /// Keeps the ids of a word, unless there are too many or another thread writes there.
  func insert(_ word: UnsafeRawBufferPointer, _ ids: UnsafeBufferPointer<Int32>) {
    guard word.count <= Self.longestWord, ids.count <= Self.mostIDs else { return }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.slotSize) { room in
      let slot = memory + Self.read(word, into: room) * Self.slotSize
      for index in 0..<ids.count / 2 + 1 { room[Self.keySize + index] = 0 }
      room.withMemoryRebound(to: Int32.self) { numbers in
        numbers[2 * Self.keySize] = Int32(truncatingIfNeeded: ids.count)
        for index in ids.indices { numbers[2 * Self.keySize + 1 + index] = ids[index] }
      }
      let version = slot[0].load(ordering: .relaxed)
      guard version & 1 == 0,
        slot[0].compareExchange(
          expected: version, desired: version &+ 1, ordering: .acquiring
        ).exchanged
      else { return }
      atomicMemoryFence(ordering: .releasing)
      for index in 0..<Self.keySize + ids.count / 2 + 1 {
        slot[1 + index].store(room[index], ordering: .relaxed)
      }
      slot[0].store(version &+ 2, ordering: .releasing)
    }
  }

  /// Writes a word's key, its bytes and behind them their number, and says which slot is its.
  @inline(__always)
  private static func read(
    _ word: UnsafeRawBufferPointer, into room: UnsafeMutableBufferPointer<UInt64>
  ) -> Int {
    for index in 0..<keySize { room[index] = 0 }
    let bytes = UnsafeMutableRawBufferPointer(room)
    bytes.copyMemory(from: word)
    bytes[longestWord] = UInt8(truncatingIfNeeded: word.count)
    // Keys of few bytes, which most are, end early: the rest of theirs is 0 but for the length.
    var hash: UInt64 = 0
    for index in 0..<(word.count + 7) / 8 {
      hash = (hash ^ room[index]) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
    }
    return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> (64 - slotBits))
  }
}
