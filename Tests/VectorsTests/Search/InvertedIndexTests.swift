import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct InvertedIndexTests {
  private func rows(_ count: Int, columns: Int, each most: Int, seed: UInt64) -> SparseMatrix {
    var samples = Samples(seed: seed)
    let rows = (0..<count).map { _ in
      let columns = Set((0..<samples.int(below: most + 1)).map { _ in samples.int(below: columns) })
      return SparseMatrix.Row(
        indices: columns.sorted().map { Int32($0) }, values: samples.floats(columns.count))
    }
    return SparseMatrix(columns: columns, rows)
  }

  private func bruteForce(
    _ queries: SparseMatrix, _ corpus: SparseMatrix, _ metric: Similarity
  ) -> [[Hit]] {
    let scores = metric(queries, corpus)
    return (0..<queries.rows).map { query in
      scores[query].enumerated().map { Hit(row: $0.offset, score: $0.element) }.sorted(by: >)
    }
  }

  @Test(arguments: [Similarity.dot, .cosine], [1, 5, 400])
  func hitsAreThoseOfBruteForceToTheBit(metric: Similarity, count: Int) throws {
    let corpus = rows(300, columns: 90, each: 20, seed: 2)
    let queries = rows(12, columns: 90, each: 9, seed: 3)
    let expected = bruteForce(queries, corpus, metric).map { Array($0.prefix(count)) }
    for threads in [1, 3] {
      let index = try InvertedIndex(corpus, by: metric, name: "", threads: threads)
      #expect(try index.nearest(to: queries, count: count) == expected)
    }
  }

  @Test func rowsOfSeveralBlocksAreOneList() throws {
    let some = rows(1000, columns: 50, each: 8, seed: 5)
    let corpus = some.picked((0..<IndexBlock.most + 500).map { $0 % 1000 })
    let queries = rows(3, columns: 50, each: 10, seed: 6)
    let expected = bruteForce(queries, corpus, .dot).map { Array($0.prefix(200)) }
    let index = try InvertedIndex(corpus, by: .dot, name: "", threads: 2)
    #expect(try index.nearest(to: queries, count: 200) == expected)
  }

  @Test func aFloorLeavesOutRowsThatShareNothing() throws {
    let corpus = SparseMatrix(
      columns: 1 << 20,
      [
        .init(indices: [1], values: [2]), .init(), .init(indices: [1, 99_999], values: [1, 1]),
        .init(indices: [7], values: [5]),
      ])
    let query = SparseMatrix(columns: 1 << 20, [.init(indices: [1, 99_999], values: [1, 3])])
    #expect(
      try query.nearest(9, in: corpus, atLeast: 0.1)[0]
        == [Hit(row: 2, score: 4), Hit(row: 0, score: 2)])
    #expect(try query.nearest(9, in: corpus)[0].map(\.row) == [2, 0, 1, 3])
    #expect(try query.nearest(0, in: corpus) == [[]])
    #expect(try query.nearest(3, in: SparseMatrix(columns: 1 << 20, [])) == [[]])
  }

  @Test(arguments: [Float.nan, .infinity, -1e16]) func aNumberThatIsNoneIsNamed(bad: Float) throws {
    let fine = SparseMatrix(columns: 3, [.init(indices: [0], values: [1])])
    let spoilt = SparseMatrix(columns: 3, [fine[0], .init(indices: [2], values: [bad])])
    let reason =
      "counted from 0, has a number that is not finite, or larger than 1e15; vectors of text are "
      + "not, make it again"
    let error = #expect(throws: FileError.self) {
      try InvertedIndex(spoilt, by: .dot, name: "x.npz", threads: 2)
    }
    #expect(error?.description == "x.npz: row 1, \(reason)")
    let index = try InvertedIndex(fine, by: .dot, name: "x.npz", threads: 2)
    let other = #expect(throws: FileError.self) {
      try index.nearest(to: spoilt, count: 1, queriesName: "q.npz", firstQuery: 10)
    }
    #expect(other?.description == "q.npz: row 11, \(reason)")
  }

  @Test(arguments: [Similarity.euclidean, .manhattan]) func distancesAreRefused(metric: Similarity)
  {
    let error = #expect(throws: FileError.self) {
      try InvertedIndex(SparseMatrix(columns: 3, []), by: metric, name: "", threads: 1)
    }
    #expect(
      error?.description
        == "sparse vectors are searched by dot or cosine, not by \(metric.rawValue), to which "
        + "columns that only one of two vectors has would count")
  }

  @Test func aSearchCanBeCancelled() throws {
    let corpus = SparseMatrix(columns: 3, [.init(indices: [0], values: [1])])
    #expect(throws: CancellationError.self) {
      try InvertedIndex(corpus, by: .dot, name: "", threads: 2, cancelled: { true })
    }
  }
}
