import CKernels
import Testing

@Suite struct TransposeTests {
  @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 200], [0, 1, 7, 8, 9, 15, 16, 17, 384])
  func everyElementChangesPlacesAndNothingElseIsWritten(rows: Int, columns: Int) {
    for stride in [columns, columns + 3, 3 * columns + 1] {
      let x = (0..<(rows * stride)).map(Float.init)
      var out = [Float](repeating: -1, count: rows * columns + 16)
      ck_transpose(&out, x, rows, columns, stride)
      let expected = (0..<columns).flatMap { column in
        (0..<rows).map { x[$0 * stride + column] }
      }
      #expect(out == expected + [Float](repeating: -1, count: 16))
    }
  }

  @Test func theLastRowIsReadNoFurtherThanItsColumns() {
    // The rows of a strided matrix may end with its last column, as K does in Q, K, V.
    let x = (0..<(4 * 27 + 9)).map(Float.init)
    var out = [Float](repeating: -1, count: 5 * 9)
    ck_transpose(&out, x, 5, 9, 27)
    #expect(out[44] == Float(4 * 27 + 8))
  }

  @Test func bitsAreCarriedUnchanged() {
    let patterns: [UInt32] = [0x7FC0_0181, 0xFFC0_0000, 0x8000_0000, 0x0000_0001, 0x7F80_0000]
    let x = (0..<(16 * 8)).map { Float(bitPattern: patterns[$0 % patterns.count]) }
    var out = x
    var back = x
    ck_transpose(&out, x, 16, 8, 8)
    ck_transpose(&back, out, 8, 16, 16)
    #expect(bits(back) == bits(x))
  }
}
