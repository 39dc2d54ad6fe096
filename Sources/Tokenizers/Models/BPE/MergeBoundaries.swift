/// Positions in a word that no merge crosses: between two characters where no merge has the first
/// at the end of its left part and the second at the start of its right part. The two sides of such
/// a boundary are merged independently.
struct MergeBoundaries: Sendable {
  /// A bit for each pair of characters that a merge joins. Hash collisions set it for a few others,
  /// which then are not boundaries; that costs only time.
  private var joined: [UInt64]
  private let shift: UInt64
  /// 1 for each character that is a piece. Others may be dropped, become bytes, or be fused.
  private var known = ScalarTable()

  /// - Parameter capacity: how many merges there are at most.
  init(_ vocabulary: Vocabulary, capacity: Int) {
    var bits: UInt64 = 10
    while bits < 22, 1 << bits < 16 * capacity { bits += 1 }
    shift = 64 - bits
    joined = [UInt64](repeating: 0, count: 1 << (bits - 6))
    var scalars: Set<UInt32> = []
    vocabulary.visit { piece, _ in
      guard !piece.isEmpty else { return }
      let (scalar, end) = piece.scalar(at: 0)
      if end == piece.count { scalars.insert(scalar) }
    }
    for scalar in scalars { known.set(Int(scalar)..<Int(scalar) + 1, to: 1) }
  }

  /// Notes a merge.
  mutating func insert(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) {
    guard !left.isEmpty, !right.isEmpty else { return }
    let bit = bit(left.scalar(before: left.count).value, right.scalar(at: 0).value)
    joined[Int(bit >> 6)] |= 1 << (bit & 63)
  }

  /// Calls `body` with each stretch of a word between two boundaries.
  func forEachStretch(
    of word: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try joined.withUnsafeBufferPointer { joined in
      var start = 0
      // The character before, if it is known.
      var before: UInt32?
      for (scalar, range) in word.scalars() {
        let isKnown = known[scalar] != 0
        if isKnown, let before {
          let bit = bit(before, scalar)
          if joined[Int(bit >> 6)] >> (bit & 63) & 1 == 0 {
            try body(UnsafeRawBufferPointer(rebasing: word[start..<range.lowerBound]))
            start = range.lowerBound
          }
        }
        before = isKnown ? scalar : nil
      }
      try body(UnsafeRawBufferPointer(rebasing: word[start...]))
    }
  }

  @inline(__always)
  private func bit(_ first: UInt32, _ second: UInt32) -> UInt64 {
    ((UInt64(first) << 32 | UInt64(second)) &* 0x9E37_79B9_7F4A_7C15) >> shift
  }
}
