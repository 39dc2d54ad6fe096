import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct MaxSimSearchTests {
  private func groups(_ count: Int, rows most: Int, columns: Int, seed: UInt64) -> RaggedMatrix {
    var samples = Samples(seed: seed)
    let lengths = (0..<count).map { _ in samples.int(below: most + 1) }
    let rows = lengths.reduce(0, +)
    return RaggedMatrix(
      Matrix(columns: columns, samples.floats(rows * columns)), lengths: lengths)
  }

  @Test(arguments: [1, 7, 1000], [false, true])
  func hitsAreThoseOfBruteForceToTheBit(count: Int, isMean: Bool) throws {
    // Documents in several steps, some of them twice.
    let some = groups(200, rows: 30, columns: 96, seed: 2)
    let corpus = some.picked((0..<250).map { $0 % 200 })
    let queries = groups(6, rows: 20, columns: 96, seed: 3)
    let scores = MaxSim.scores(queries, corpus, mean: isMean)
    let expected = (0..<queries.count).map { query in
      let hits = scores[query].enumerated().map { Hit(row: $0.offset, score: $0.element) }
      return Array(hits.sorted(by: >).prefix(count))
    }
    for threads in [1, 2, 5] {
      let search = MaxSimSearch(corpus, mean: isMean, name: "", threads: threads)
      #expect(try search.nearest(to: queries, count: count) == expected)
    }
    #expect(try queries.nearest(count, in: corpus, mean: isMean, threads: 2) == expected)
  }

  @Test func fewOfEachAreFound() throws {
    let corpus = RaggedMatrix(Matrix(columns: 2, [1, 0, 0, 1]), lengths: [1, 0, 1])
    #expect(
      try corpus.picked([0]).nearest(9, in: corpus)[0]
        == [Hit(row: 0, score: 1), Hit(row: 2, score: 0), Hit(row: 1, score: -1e9)])
    #expect(try corpus.nearest(2, in: corpus, atLeast: 0.5).map(\.count) == [1, 0, 1])
    let none = RaggedMatrix(Matrix(columns: 2, []), lengths: [])
    #expect(try corpus.nearest(2, in: none) == [[], [], []])
    #expect(try none.nearest(2, in: corpus) == [])
  }

  @Test(arguments: [Float.nan, .infinity, 1e16])
  func aNumberThatIsNoneIsNamed(bad: Float) throws {
    let fine = RaggedMatrix(Matrix(columns: 2, [1, 2, 3, 4]), lengths: [1, 1])
    let spoilt = RaggedMatrix(Matrix(columns: 2, [1, 2, 3, 4, bad, 5]), lengths: [1, 2])
    let reason =
      "1, counted from 0, has a number that is not finite, or larger than 1e15; vectors of text "
      + "are not, make it again"
    if bad != 1e16 {
      let error = #expect(throws: FileError.self) {
        try MaxSimSearch(spoilt, name: "x.npy", threads: 2).nearest(to: fine, count: 1)
      }
      #expect(error?.description == "x.npy: document \(reason)")
    }
    let other = #expect(throws: FileError.self) {
      try MaxSimSearch(fine, name: "x.npy", threads: 2)
        .nearest(to: spoilt, count: 1, queriesName: "q.npy")
    }
    #expect(other?.description == "q.npy: query \(reason)")
  }

  @Test func aSearchCanBeCancelled() {
    let corpus = RaggedMatrix(Matrix(columns: 2, [1, 2, 3, 4]), lengths: [1, 1])
    let search = MaxSimSearch(corpus, name: "", threads: 2, cancelled: { true })
    #expect(throws: CancellationError.self) { try search.nearest(to: corpus, count: 1) }
  }
}
