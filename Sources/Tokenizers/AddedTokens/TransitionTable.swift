import ModelFiles

/// The transitions of an automaton: a hash table from a state and a byte to a state.
struct TransitionTable: Sendable {
  /// The state and the byte plus 1, so that 0 is free.
  private var keys: [UInt64]
  private var targets: [Int32]
  private let shift: UInt64

  /// - Parameter capacity: how many transitions will be inserted at most.
  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * capacity { bits += 1 }
    shift = 64 - bits
    keys = [UInt64](repeating: 0, count: 1 << bits)
    targets = [Int32](repeating: 0, count: 1 << bits)
  }

  subscript(_ state: Int32, _ byte: UInt8) -> Int32? {
    let key = Self.key(state, byte)
    let slot = slot(of: key)
    return keys[slot] == key ? targets[slot] : nil
  }

  mutating func insert(_ state: Int32, _ byte: UInt8, _ target: Int32) throws {
    let key = Self.key(state, byte)
    let slot = slot(of: key)
    keys[slot] = key
    targets[slot] = target
    guard SlotRun.isShort(around: slot, of: keys.count, { keys[$0] != 0 }) else {
      throw FileError(
        "too many beginnings of tokens to look for share a hash; check `added_tokens`")
    }
  }

  private static func key(_ state: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: state)) << 8 + UInt64(byte) + 1
  }

  /// The slot of a key, or the free one where it would be.
  private func slot(of key: UInt64) -> Int {
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
    return slot
  }
}
