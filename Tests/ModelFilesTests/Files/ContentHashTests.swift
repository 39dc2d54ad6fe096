import Testing

@testable import ModelFiles

@Suite struct ContentHashTests {
  private func sum(_ pieces: [[UInt8]]) -> String {
    var hash = ContentHash()
    for piece in pieces { hash.add(piece) }
    return hash.text()
  }

  @Test func itIsTheSHA256OfLengthsAndPieces() {
    // printf '\3\0\0\0\0\0\0\0abc' | sha256sum
    #expect(
      sum([Array("abc".utf8)])
        == "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391")
  }

  @Test func whereAPieceEndsCounts() {
    let sums = [[[1, 2], [3]], [[1], [2, 3]], [[1, 2, 3]], [[1, 2, 3], []]].map(sum)
    #expect(Set(sums).count == sums.count)
  }

  @Test func manyPiecesAreSummedAsFew() {
    // Short ones are gathered to 64 KiB; these pass that, alone and together.
    let long = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let short = [[UInt8]](repeating: [1, 2, 3], count: 9000)
    #expect(sum(short + [long] + short) == sum(short + [long] + short))
    #expect(sum(short + [long]) != sum(short + [long.dropLast()]))
    #expect(sum(short) != sum(short.dropLast()))
  }
}
