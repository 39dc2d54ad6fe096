import Testing

@testable import Serving

/// What is kept of vectors.
@Suite struct VectorCacheTests {
  private func key(_ id: Int32, lane: Int = 1) -> VectorCache.Key {
    VectorCache.Key(lane: lane, ids: [101, id, 102])
  }

  @Test func givesWhatWasKeptForTheSameTokensAlone() {
    let cache = VectorCache(bytes: 1 << 20)
    cache.keep([1, 2], of: key(5))
    #expect(cache.vector(of: key(5)) == [1, 2])
    #expect(cache.vector(of: key(6)) == nil)
    #expect(cache.vector(of: key(5, lane: 2)) == nil)
  }

  @Test func dropsWhatWasNotUsedForLongest() {
    // Room for three.
    let cache = VectorCache(bytes: 3 * (4 * 5 + 256))
    for id in [1, 2, 3] as [Int32] { cache.keep([0, Float(id)], of: key(id)) }
    #expect(cache.vector(of: key(1)) == [0, 1])
    cache.keep([0, 4], of: key(4))
    #expect(cache.vector(of: key(2)) == nil)
    for id in [1, 3, 4] as [Int32] { #expect(cache.vector(of: key(id)) == [0, Float(id)]) }
  }

  @Test(arguments: [0, 1, 1000, 100_000])
  func neverHoldsMoreThanItMay(bytes: Int) {
    let cache = VectorCache(bytes: bytes)
    for id in 0..<500 as Range<Int32> {
      cache.keep(Array(repeating: 1, count: Int(id) % 40), of: key(id % 170))
      #expect(cache.bytes <= bytes)
    }
    #expect(cache.isOff == (bytes == 0))
  }
}
