import Tensors
import Testing

@testable import Vectors

@Suite struct SparseMatrixTests {
  private let rows = [
    SparseMatrix.Row(indices: [1, 3], values: [2, -5]), .init(),
    .init(indices: [0, 1, 2], values: [1, 3, -3]),
  ]

  @Test func rowsAreKept() {
    let matrix = SparseMatrix(columns: 4, rows)
    #expect(matrix.rows == 3 && matrix.count == 5 && (0..<3).map { matrix[$0] } == rows)
    #expect(matrix.picked([2, 0, 2]).rows == 3 && matrix.picked([2, 0, 2])[1] == rows[0])
    let joined = SparseMatrix(columns: 4, joining: [matrix, .init(columns: 4, []), matrix])
    #expect(joined.rows == 6 && (0..<6).allSatisfy { joined[$0] == rows[$0 % 3] })
    #expect(SparseMatrix(columns: 4, joining: []).rows == 0)
  }

  @Test func zerosAreLeftOutAndNoNumberStays() {
    let matrix = SparseMatrix(compressing: Tensor([2, 3], [0, -0.0, .nan, 1, 0, 2]))
    #expect(matrix[0].indices == [2] && matrix[0].values[0].isNaN)
    #expect(matrix[1] == .init(indices: [0, 2], values: [1, 2]))
  }

  @Test(
    arguments: [
      (0, [], []), (1, [1], [3]), (2, [1, 2], [3, -3]), (3, [0, 1, 2], [1, 3, -3]),
      (9, [0, 1, 2], [1, 3, -3]),
    ] as [(Int, [Int32], [Float])])
  func theMostActiveStay(most: Int, indices: [Int32], values: [Float]) {
    #expect(rows[2].mostActive(most) == .init(indices: indices, values: values))
    let zero = SparseMatrix.Row(indices: [0, 1, 2, 7], values: [1, 3, -3, 0])
    #expect(zero.mostActive(most) == .init(indices: indices, values: values))
  }
}
