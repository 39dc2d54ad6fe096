import Embeddings
import Tensors
import Testing
import Vectors

@testable import embed

/// What commands ask of results of every form.
@Suite struct ResultRowsTests {
  private static let rows = Results.rows(Matrix(columns: 2, [1, 2, .nan, 4]))
  private static let ragged = Results.ragged(
    RaggedMatrix(columns: 2, [Tensor([2, 2], [1, 2, 3, 5]), Tensor([1, 2], [0, .infinity])]))
  private static let sparse = Results.sparse(
    SparseMatrix(
      columns: 300,
      [.init(indices: [1, 65], values: [0.5, 2]), .init(indices: [299], values: [.nan])]))

  @Test(arguments: [rows, ragged, sparse]) func oneOfThemIsNotFinite(_ results: Results) {
    #expect(results.count == 2)
    #expect(results.isFinite(at: 0) && !results.isFinite(at: 1))
    #expect(results.picked([0]).count == 1 && results.picked([0]).isFinite(at: 0))
    #expect(!results.picked([1, 0]).isFinite(at: 0))
  }

  @Test func probesAreOfTheFirst() {
    #expect(Self.rows.probe == [1, 2])
    #expect(Self.ragged.probe == [2, 3.5])
    var expected = [Float](repeating: 0, count: 64)
    expected[1] = 2.5
    #expect(Self.sparse.probe == expected)
  }

  @Test(arguments: [rows, ragged, sparse]) func hashesTellOrderAndNumbers(_ results: Results) {
    let (all, swapped) = (Fingerprint(results).text, Fingerprint(results.picked([1, 0])).text)
    #expect(all.count == 16 && all != swapped)
    #expect(all == Fingerprint(results.picked([0, 1])).text)
  }

  @Test func partsAreJoined() {
    let kinds: [(Results, Int, ModelKind)] = [
      (Self.rows, 2, .dense), (Self.ragged, 2, .multi), (Self.sparse, 300, .sparse),
    ]
    for (results, columns, kind) in kinds {
      let parts = [results.picked([0]), results.picked([1])]
      let joined = Results(joining: parts, columns: columns, kind)
      #expect(Fingerprint(joined).text == Fingerprint(results).text)
      let none = Results(joining: [], columns: columns, kind)
      #expect(none.count == 0 && none.columns == columns)
    }
  }
}
