import Testing

@testable import ModelFiles

@Suite struct MemoryBoundTests {
  @Test(
    arguments: [
      ([], 1), ([3, 4], 12), ([0, .max, .max], 0), ([.max, 1], .max), ([.max, 2], .max),
      ([1 << 32, 1 << 32], .max), ([1 << 31, 1 << 31], 1 << 62),
    ] as [([Int], Int)])
  func aProductNeverOverflows(_ factors: [Int], _ product: Int) {
    #expect(MemoryBound.product(factors) == product)
  }

  @Test(
    arguments: [
      (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1234, "1.2 kB"), (99_950, "100 kB"),
      (999_400, "999 kB"), (999_500, "1.0 MB"), (68_719_476_736, "68.7 GB"),
      (.max, "more than 9 EB"),
    ] as [(Int, String)])
  func bytesAreLegible(_ bytes: Int, _ text: String) {
    #expect(MemoryBound.legible(bytes: bytes) == text)
  }

  @Test func bothNumbersAreNamed() throws {
    #expect(
      failure {
        try MemoryBound.check(
          1 << 30, 64, for: "m: tensor `w`", bound: 16_000_000_000, held: 20_000_000)
      }
        == "m: tensor `w` needs 68.7 GB of memory; 20.0 MB are taken of the 16.0 GB that may be "
        + "(--memory)")
    try MemoryBound.check(1 << 30, 8, for: "m", bound: 16_000_000_000, held: 20_000_000)
    // Together with what is held.
    #expect(
      failure {
        try MemoryBound.check(1 << 30, 8, for: "m", bound: 16_000_000_000, held: 8_000_000_000)
      } != nil)
    // What is held alone may pass the bound; what is small then goes on.
    try MemoryBound.check(1000, for: "m", bound: 1, held: 2)
  }
}
