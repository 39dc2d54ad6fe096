import TestSupport
import Testing

@testable import Embeddings

@Suite struct BatcherTests {
  @Test(
    arguments: [
      ([], 100, 2), ([5], 100, 4), ([0, 0, 0], 10, 2), ([3, 1, 2], 1, 2), ([9, 9, 9, 9], 18, 2),
      (Array(1...100), 64, 2), (Array(repeating: 1, count: 1000), 7, 3),
    ] as [([Int], Int, Int)])
  func everyTextIsInOneBatch(lengths: [Int], budget: Int, workers: Int) {
    let batches = Batcher.batches(lengths: lengths, budget: budget, workers: workers)
    #expect(batches.flatMap { $0 }.sorted() == Array(lengths.indices))
    #expect(batches.allSatisfy { !$0.isEmpty })
    let longest = lengths.max() ?? 0
    for batch in batches {
      // A text that begins within the share may end beyond it.
      #expect(batch.reduce(0) { $0 + lengths[$1] } <= budget + longest)
    }
  }

  @Test func longestComeFirstAndAllWorkersHaveWork() {
    let batches = Batcher.batches(lengths: [1, 8, 3, 4], budget: 100, workers: 2)
    #expect(batches == [[1], [3, 2, 0]])
  }

  @Test func batchesAreEquallyLong() {
    var samples = Samples()
    let lengths = (0..<5000).map { _ in 5 + samples.int(below: 40) }
    let batches = Batcher.batches(lengths: lengths, budget: 1024, workers: 2)
    let tokens = batches.map { $0.reduce(0) { $0 + lengths[$1] } }
    #expect(batches.count % 2 == 0)
    #expect((tokens.max() ?? 0) - (tokens.min() ?? 0) < 90)
  }
}
