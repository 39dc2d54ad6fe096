import TestSupport
import Testing

@testable import Embeddings

@Suite struct TokenFrequenciesTests {
  @Test func whatIsFrequentWeighsLittle() {
    let weights = TokenFrequencies(counts: [0, 1, 999]).weights
    expectClose(weights, [1, 0.5, 1e-3 / 1], tolerance: 1e-6)
  }

  @Test func zipfsLawRanksTheFirstAsTheMostFrequent() {
    // Shares 6/11, 3/11 and 2/11.
    let weights = TokenFrequencies(rankedFirst: 3).weights
    expectClose(weights, [5.5e-5, 1.1e-4, 1.65e-4], tolerance: 1e-7)
  }
}
