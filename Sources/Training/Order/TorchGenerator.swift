/// torch's random numbers on a processor, so that rows come in the order that a user of the
/// reference knows for his seed: MT19937 (Matsumoto and Nishimura, 1998), seeded with 32 bits.
package struct TorchGenerator: Sendable {
  private var words: [UInt32]
  private var used = Self.count

  // The constants are those of the paper's program.
  private static let count = 624
  private static let distance = 397

  /// - Parameter seed: of which the lower 32 bits count
  package init(seed: Int) {
    words = [UInt32(truncatingIfNeeded: seed)]
    words.reserveCapacity(Self.count)
    for index in 1..<Self.count {
      let last = words[index - 1]
      words.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  package mutating func next() -> UInt32 {
    if used == Self.count { renew() }
    var word = words[used]
    used += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9d2c_5680
    word ^= word << 15 & 0xefc6_0000
    return word ^ word >> 18
  }

  /// A number as torch's `uniform_` draws it in float32.
  package mutating func uniform(from least: Float, to most: Float) -> Float {
    // Product and sum are rounded once, as torch is compiled.
    let share = Float(next() & 0xff_ffff) / Float(1 << 24)
    return least.addingProduct(share, most - least)
  }

  private mutating func renew() {
    for index in 0..<Self.count {
      let upper = words[index] & 0x8000_0000
      let lower = words[(index + 1) % Self.count] & 0x7fff_ffff
      let twisted = (upper | lower) >> 1 ^ (lower & 1 == 0 ? 0 : 0x9908_b0df)
      words[index] = words[(index + Self.distance) % Self.count] ^ twisted
    }
    used = 0
  }

  /// A number from 0 to 1, less than 1, of 53 bits.
  mutating func uniform() -> Double {
    let (high, low) = (UInt64(next()), UInt64(next()))
    return Double((high << 32 | low) & (1 << 53 - 1)) * 0x1p-53
  }

  /// The numbers below `count` in the order of torch's `randperm`. From 214,748,364 of them on
  /// torch draws 64 bits for each, which this does not.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in 0..<max(0, count - 1) {
      order.swapAt(index, index + Int(next()) % (count - index))
    }
    return order
  }
}

/// What orders are drawn from: a generator that all sets of an epoch share, or none, where rows
/// stay in the order of their file.
struct Shuffle: Sendable {
  private let seed: Int
  private var generator: TorchGenerator?

  init(seed: Int, isShuffled: Bool) {
    self.seed = seed
    generator = isShuffled ? TorchGenerator(seed: seed) : nil
  }

  var isShuffled: Bool { generator != nil }

  /// Begins again from the seed.
  mutating func restart() { if generator != nil { generator = TorchGenerator(seed: seed) } }

  mutating func permutation(_ count: Int) -> [Int] {
    generator?.permutation(count) ?? Array(0..<count)
  }
}
