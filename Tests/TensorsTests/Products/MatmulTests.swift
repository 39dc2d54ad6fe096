import Testing

@testable import Tensors

@Suite struct MatmulTests {
  @Test func thePeriodIsOneThatIsKnown() {
    // Of OpenBLAS 0.3.21's kernels 1 for AVX-512, AVX and SSE4, 2 for Prescott's, 12 for AVX2.
    #expect([1, 2, 12].contains(Matmul.rowPeriod))
  }

  @Test(arguments: [(1, 32, 32), (5, 384, 384), (700, 1536, 384), (977, 32, 32)])
  func aProductIsLargeEnoughForTheOrdinaryKernels(rows: Int, outputs: Int, inputs: Int) throws {
    let padded = try #require(Matmul.paddedRows(rows, outputs: outputs, inputs: inputs))
    #expect(padded >= max(rows, 16) && padded % Matmul.rowPeriod == 0)
    #expect(padded * outputs * inputs > Matmul.smallMatrixLimit)
  }

  /// A product of one number would be computed with a million rows.
  @Test(arguments: [(1, 1), (4, 1), (1, 4), (31, 33)])
  func aTinyMatrixIsNotPadded(outputs: Int, inputs: Int) {
    #expect(Matmul.paddedRows(1, outputs: outputs, inputs: inputs) == nil)
  }
}
