import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Vectors

@Suite struct SearchTests {
  private func queries() throws -> Matrix {
    let rows = try Recorded.rows()
    return Matrix(columns: 16, (0..<6).flatMap { rows[$0].map { $0 + 0.05 } })
  }

  /// All scores of one query, sorted, the definition itself.
  private func bruteForce(_ corpus: Matrix, _ queries: Matrix, _ metric: Similarity) -> [[Hit]] {
    let scores = metric(queries, corpus)
    return (0..<queries.rows).map { query in
      let row = scores[query]
      return row.indices.map { Hit(row: $0, score: row[$0]) }.sorted(by: >)
    }
  }

  @Test(arguments: Similarity.allCases)
  func scoresAreThoseOfTheReference(metric: Similarity) throws {
    let found = try Search(try Recorded.rows(), by: metric, name: "rows", threads: 2)
      .nearest(to: queries(), count: 8)
    for (hits, recorded) in zip(found, try Recorded.json("search").array(metric.rawValue).elements)
    {
      // cdist takes distances from products, whose rounding a square root enlarges.
      expectClose(hits.map(\.score), try recorded.floats("scores"), tolerance: 2e-5)
    }
  }

  @Test(arguments: Similarity.allCases, [(3, 1), (3, 100), (20, 7)])
  func hitsAreThoseOfBruteForceToTheBit(
    metric: Similarity, size: (queries: Int, count: Int)
  ) throws {
    var samples = Samples(seed: 5)
    // Rows of so many numbers lie in three blocks; some are there twice, one is of length zero.
    let made = Matrix(
      columns: 1024, samples.floats(600 * 1024) + [Float](repeating: 0, count: 1024))
    let corpus = made.picked((0..<600).map { [350, 599].contains($0) ? 3 : $0 == 420 ? 600 : $0 })
    let queries = corpus.picked((0..<size.queries).map { 3 + $0 * 30 })
    let expected = bruteForce(corpus, queries, metric).map { Array($0.prefix(size.count)) }
    for threads in [1, 2, 5] {
      let search = Search(corpus, by: metric, name: "", threads: threads)
      #expect(try search.nearest(to: queries, count: size.count) == expected)
    }
  }

  @Test func anyNumberOfQueriesGoesThrough() throws {
    var samples = Samples(seed: 6)
    let (corpus, queries) = (
      Matrix(columns: 4, samples.floats(4 * 20)), Matrix(columns: 4, samples.floats(4 * 1030))
    )
    let expected = bruteForce(corpus, queries, .dot).map { Array($0.prefix(2)) }
    let found = try Search(corpus, by: .dot, name: "", threads: 2).nearest(to: queries, count: 2)
    #expect(found == expected)
  }

  @Test func equalRowsComeInTheirOrder() throws {
    let corpus = Matrix(columns: 3, (0..<3000).flatMap { _ in [1, 2, 3] as [Float] })
    let hits = try Search(corpus, by: .cosine, name: "", threads: 3)
      .nearest(to: Matrix(columns: 3, [3, 2, 1]), count: 5)
    #expect(hits[0].map(\.row) == [0, 1, 2, 3, 4])
  }

  @Test func askingForMoreThanThereIsGivesAll() throws {
    let corpus = Matrix(columns: 2, [1, 0, 0, 1])
    let search = Search(corpus, by: .dot, name: "", threads: 2)
    #expect(try search.nearest(to: corpus, count: 1_000_000_000).map(\.count) == [2, 2])
    #expect(try search.nearest(to: corpus, count: 5, atLeast: 0.5).map(\.count) == [1, 1])
    let nothing = Search(Matrix(columns: 2, []), by: .dot, name: "", threads: 2)
    #expect(try nothing.nearest(to: corpus, count: 5) == [[], []])
  }

  @Test(arguments: [Float.nan, .infinity, 1e16])
  func aNumberThatIsNoneIsNamed(bad: Float) {
    var numbers = [Float](repeating: 1, count: 4000)
    numbers[3001] = bad
    let (spoilt, fine) = (Matrix(columns: 2, numbers), Matrix(columns: 2, [1, 2]))
    for metric in Similarity.allCases {
      let error = #expect(throws: FileError.self) {
        try Search(spoilt, by: metric, name: "x.npy", threads: 2).nearest(to: fine, count: 1)
      }
      let reason =
        "row 1500, counted from 0, has a number that is not finite, or larger than 1e15; vectors of "
        + "text are not, make it again"
      #expect(error?.description == "x.npy: \(reason)")
      let other = #expect(throws: FileError.self) {
        try Search(fine, by: metric, name: "x.npy", threads: 2)
          .nearest(to: spoilt, count: 1, queriesName: "q.npy")
      }
      #expect(other?.description == "q.npy: \(reason)")
    }
  }

  @Test(arguments: [
    (384, 10, 1024), (384, 0, 1024), (384, 1 << 20, 4), (384, .max, 1), (1 << 20, 10, 64),
    (.max, .max, 1),
  ])
  func queriesAreFewerWhereTheyOrTheirHitsAreLarge(columns: Int, hits: Int, group: Int) {
    #expect(Search.group(columns: columns, hits: hits) == group)
  }

  @Test func aSearchCanBeCancelled() {
    let corpus = Matrix(columns: 2, [Float](repeating: 1, count: 4000))
    let search = Search(corpus, by: .dot, name: "", threads: 2, cancelled: { true })
    #expect(throws: CancellationError.self) { try search.nearest(to: corpus, count: 1) }
  }
}
