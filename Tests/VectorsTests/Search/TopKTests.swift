import TestSupport
import Testing

@testable import Vectors

@Suite struct TopKTests {
  @Test(arguments: [1, 2, 7, 64, 300])
  func theBestAreKeptWhateverTheOrder(count: Int) {
    var samples = Samples()
    // Many equal scores.
    let hits = (0..<200).map { Hit(row: $0, score: Float(samples.int(below: 20))) }
    var best = TopK<Hit>(count)
    for hit in hits.shuffled(using: &samples) { best.offer(hit) }
    #expect(best.sorted == Array(hits.sorted(by: >).prefix(count)))
  }

  @Test func theFloorIsKept() {
    var best = TopK<Hit>(2, atLeast: 0.5)
    #expect(best.threshold == 0.5)
    for (row, score) in [0.4, 0.5, 0.6, 0.7].enumerated() as EnumeratedSequence<[Float]> {
      best.offer(Hit(row: row, score: score))
    }
    #expect(best.sorted.map(\.row) == [3, 2] && best.threshold == 0.6 && best.isFull)
  }
}
