import Testing

@testable import Vectors

@Suite struct TripletsTests {
  @Test func equalScoresDoNotCount() {
    #expect(
      Triplets.accuracy(positive: [0.5, 0.3, 0.9, 0.1], negative: [0.5, 0.1, 0.2, 0.4]) == 0.5)
  }
}
