import Testing

@testable import Serving

@Suite struct HistogramTests {
  @Test func aValueCountsInTheFirstBucketThatHoldsIt() {
    var histogram = Histogram([1, 2, 4])
    for value in [0, 1, 1.5, 4, 4.5] { histogram.add(value) }
    #expect(histogram.counts == [2, 1, 1])
    #expect(histogram.total == 5)
    #expect(histogram.sum == 11)
  }

  @Test func aValueMayOccurSeveralTimesOrNotAtAll() {
    var histogram = Histogram([1, 2])
    histogram.add(2, times: 3)
    histogram.add(2, times: 0)
    histogram.add(2, times: -1)
    #expect(histogram.counts == [0, 3])
    #expect(histogram.sum == 6)
  }

  @Test func whatIsNoNumberIsNotCounted() {
    var histogram = Histogram([1])
    histogram.add(.nan)
    histogram.add(.infinity)
    #expect(histogram.total == 0)
  }

  @Test func timesHaveTheBucketsOfTextEmbeddingsInference() {
    let bounds = Histogram.seconds.bounds
    #expect(bounds.count == 35)
    #expect(bounds[0] == 1.5e-5)
    #expect(abs(bounds[34] - 14.56) < 0.01)
    #expect(Histogram.powers(upTo: 3).bounds == [1, 2, 4, 8])
  }
}
