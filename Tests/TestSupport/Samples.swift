import Glibc
package import Tensors

/// Random numbers that a seed makes the same in every run.
package struct Samples: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64 = 1) { state = seed }

  /// Another seed in each run, or the one in the variable EMBED_TEST_SEED. A test that takes it as an
  /// argument prints it when it fails.
  package static let newSeed: UInt64 =
    getenv("EMBED_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 0...UInt64.max)

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 ..< `limit`
  package mutating func int(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// −1 ..< 1
  package mutating func float() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }

  package mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }

  package mutating func tensor(_ shape: Int...) -> Tensor {
    Tensor(shape, floats(shape.reduce(1, *)))
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// Two thousand texts of up to 39 random bytes, a fifth of which are drawn from `frequent`.
  package static func hostileTexts(frequent: [UInt8] = []) -> [[UInt8]] {
    var samples = Samples()
    return (0..<2_000).map { length in
      samples.bytes(length % 40).map { byte in
        byte % 5 == 0 ? frequent.randomElement(using: &samples) ?? byte : byte
      }
    }
  }
}
