import TestSupport
import Testing

@testable import Tensors

@Suite struct LateQueryTests {
  @Test func theLargestProductsAreAddedOrTheirMeanTaken() {
    let queries = Tensor([3, 2], [9, 9, 1, 0, 0, 2])
    let documents = Tensor([3, 2], [7, 7, 3, 1, -1, 4])
    let sum = LateQuery(queries, rows: 1..<3, isMean: false)
    #expect(sum.rows == 2 && sum.score(documents, rows: 1..<3) == 3 + 8)
    #expect(LateQuery(queries, rows: 1..<3, isMean: true).score(documents, rows: 1..<3) == 5.5)
  }

  @Test func aDocumentWithoutRowsIsBehindAllOthers() {
    let rows = Tensor([1, 2], [1, 0])
    #expect(LateQuery(rows, rows: 0..<1, isMean: false).score(rows, rows: 0..<0) == -1e9)
    #expect(LateQuery(rows, rows: 0..<0, isMean: true).score(rows, rows: 0..<1) == 0)
  }
}
