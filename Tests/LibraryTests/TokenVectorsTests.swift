import Testing
import Vectors

/// Sparse vectors and vectors of tokens as other packages use them.
@Suite struct TokenVectorsTests {
  @Test func sparseVectorsAreSearched() throws {
    let corpus = SparseMatrix(
      columns: 30_522,
      [
        .init(indices: [2003, 7592], values: [0.5, 2]), .init(indices: [7592], values: [1]),
        .init(indices: [99], values: [3]),
      ])
    let query = SparseMatrix(columns: 30_522, [.init(indices: [7592], values: [2])])
    let hits = try query.nearest(2, in: corpus)
    #expect(hits[0].map(\.row) == [0, 1] && hits[0].map(\.score) == [4, 2])
    #expect(Similarity.dot(query, corpus)[0] == [4, 2, 0])
    #expect(corpus.count == 4 && corpus[1].values == [1])
  }

  @Test func textsOfManyVectorsAreSearched() throws {
    let documents = RaggedMatrix(Matrix(columns: 2, [1, 0, 0, 1, 0.5, 1]), lengths: [2, 1])
    let query = RaggedMatrix(Matrix(columns: 2, [0, 1, 1, 0]), lengths: [2])
    let hits = try query.nearest(1, in: documents)
    #expect(hits[0].map(\.row) == [0] && hits[0].map(\.score) == [2])
    #expect(MaxSim.scores(query, documents, mean: true)[0] == [1, 0.75])
  }
}
