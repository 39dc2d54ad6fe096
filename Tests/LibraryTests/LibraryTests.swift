import Embeddings
import Testing
import Vectors

/// The library as README shows it: this target sees only what is public.
@Suite struct LibraryTests {
  private static let model =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    + "/models.example/bert-tiny"

  @Test func textsFindTheirLike() throws {
    let texts = ["the cat sat", "by the river", "a fox ran home", "the cat sat on a mat"]
    let embedder = try Embedder(
      folder: Self.model, options: EmbedderOptions(threads: 1, maximumLength: 16))
    let corpus = try embedder.embed(texts)
    #expect(corpus.rows == 4 && corpus.columns == embedder.dimension)
    let queries = try embedder.embed([texts[2], texts[0]])
    let hits = try queries.nearest(3, in: corpus, by: embedder.similarity)
    #expect(hits.map(\.count) == [3, 3] && hits.map { $0[0].row } == [2, 0])
    #expect(hits.allSatisfy { abs($0[0].score - 1) < 1e-6 && $0 == $0.sorted(by: >) })
    let scores = embedder.similarity(queries, corpus)
    #expect(hits[1].allSatisfy { $0.score == scores[1][$0.row] })
  }

  @Test func vectorsFromElsewhereAreSearchedToo() throws {
    let corpus = Matrix(columns: 2, [1, 0, 0, 2, 3, 3, 0, 1])
    let queries = Matrix(columns: 2, [0, 1])
    #expect(try queries.nearest(9, in: corpus)[0].map(\.row) == [1, 3, 2, 0])
    #expect(try queries.nearest(1, in: corpus, by: .dot)[0].map(\.score) == [3])
    #expect(try queries.nearest(9, in: corpus, atLeast: 0.9)[0].map(\.row) == [1, 3])
    #expect(try queries.nearest(0, in: corpus) == [[]])
    #expect(corpus.firstColumns(1)[2] == [3] && corpus.normalized()[1] == [0, 1])
    #expect(corpus.withRow(2) { $0.reduce(0, +) } == 6)
  }

  @Test func aVectorThatIsNotFiniteIsNamed() {
    let (good, bad) = (Matrix(columns: 1, [1, 2]), Matrix(columns: 1, [1, .nan]))
    for (queries, corpus, name) in [(good, bad, "the corpus"), (bad, good, "the queries")] {
      let error = #expect(throws: (any Error).self) { try queries.nearest(1, in: corpus) }
      #expect(error.map { "\($0)".contains("\(name): row 1") } == true)
    }
  }
}
