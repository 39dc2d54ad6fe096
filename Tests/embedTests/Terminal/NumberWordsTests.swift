import Testing

@testable import embed

@Suite struct NumberWordsTests {
  @Test(arguments: [
    (0.31234, 3, "0.312"), (0.9996, 3, "1.00"), (9.96e-5, 2, "1.0e-04"), (1.4e-5, 2, "1.4e-05"),
    (1234.6, 3, "1,235"), (1e7, 3, "1.00e+07"), (0, 2, "0"), (-0.05, 2, "-0.050"),
    (.leastNonzeroMagnitude, 3, "0"), (1.7e308, 3, "1.70e+308"), (.nan, 3, "nan"),
    (-.infinity, 3, "-inf"),
  ])
  func digitsAreThoseThatCount(value: Double, digits: Int, words: String) {
    #expect(significant(value, digits) == words)
  }

  @Test(arguments: [
    (0, "0.0 s"), (0.42, "0.4 s"), (9.96, "10 s"), (52.4, "52 s"), (232, "3 min 52 s"),
    (7512, "2 h 5 min"), (-1, "0.0 s"), (1e300, "277,777 h 46 min"),
  ])
  func timesAreWordedByTheirSize(seconds: Double, words: String) {
    #expect(duration(seconds) == words)
  }

  @Test(arguments: [
    (0, "0 MB"), (740_000_000, "740 MB"), (1_100_000_000, "1.1 GB"), (999_600_000, "1.0 GB"),
  ])
  func sizesAreWordedByTheirSize(bytes: Int, words: String) {
    #expect(bytesInWords(bytes) == words)
  }
}
