import Tensors
import Testing

@testable import Vectors

@Suite struct RaggedMatrixTests {
  private let matrix = RaggedMatrix(Matrix(columns: 2, [1, 2, 3, 4, 5, 6]), lengths: [1, 0, 2])

  @Test func groupsAreRowsBelowEachOther() {
    #expect(matrix.count == 3 && matrix.columns == 2 && matrix.lengths == [1, 0, 2])
    #expect((0..<3).map { matrix[$0] } == [0..<1, 1..<1, 1..<3])
    #expect(matrix.group(2)[1] == [5, 6] && matrix.group(1).rows == 0)
    let same = RaggedMatrix(
      columns: 2, [Tensor([1, 2], [1, 2]), Tensor([0, 2], []), Tensor([2, 2], [3, 4, 5, 6])])
    #expect(same.lengths == matrix.lengths && same.matrix[2] == [5, 6])
  }

  @Test func groupsArePickedAndJoined() {
    let picked = matrix.picked([2, 1, 2])
    #expect(picked.lengths == [2, 0, 2] && picked.matrix[3] == [5, 6])
    let joined = RaggedMatrix(columns: 2, joining: [matrix, picked])
    #expect(joined.lengths == [1, 0, 2, 2, 0, 2] && joined.matrix.rows == 7)
    #expect(joined.group(3)[0] == [3, 4])
    #expect(RaggedMatrix(columns: 2, joining: []).count == 0)
  }
}
