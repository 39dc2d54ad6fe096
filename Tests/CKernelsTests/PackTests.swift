import CKernels
import Testing

@Suite struct PackTests {
  @Test func packedRowsLieByBlocksOfThirtyTwo() {
    let (rows, columns) = (40, 45)
    let x = random(rows * columns, seed: 1)
    for (format, parts) in [(CK_BFLOAT16, 1), (CK_BFLOAT16X2, 2)] {
      let made = packed(x, rows: rows, columns: columns, format)
      #expect(made.count == 2 * 2 * 1024 * parts)
      for (place, number) in made.enumerated() {
        let (block, part) = (place / 1024 / parts, place / 1024 % parts)
        let row = block / 2 * 32 + place % 1024 / 32
        let column = block % 2 * 32 + place % 32
        let value = row < rows && column < columns ? x[row * columns + column] : 0
        let expected = part == 0 ? rounded(value) : rounded(value - rounded(value))
        #expect(Float(bitPattern: UInt32(number) << 16) == expected)
      }
    }
  }

  @Test func aPackedWeightHoldsPairsOfInputsByOutput() {
    let (outputs, inputs) = (40, 45)
    let w = random(outputs * inputs, seed: 1)
    for (format, parts) in [(CK_BFLOAT16, 1), (CK_BFLOAT16X2, 2)] {
      var made = [UInt16](repeating: 0x7FFF, count: ck_packed_bytes(outputs, inputs, format) / 2)
      ck_pack_weight_bf16(&made, w, outputs, inputs, format)
      for (place, number) in made.enumerated() {
        let (block, part) = (place / 1024 / parts, place / 1024 % parts)
        let tile = place % 1024 / 512
        let output = block / 2 * 32 + tile * 16 + place % 32 / 2
        let input = block % 2 * 32 + place % 512 / 32 * 2 + place % 2
        let value = output < outputs && input < inputs ? w[output * inputs + input] : 0
        let expected = part == 0 ? rounded(value) : rounded(value - rounded(value))
        #expect(Float(bitPattern: UInt32(number) << 16) == expected)
      }
    }
  }

  @Test func roundingIsToTheNearestAndToEven() {
    let x: [Float] = [
      0, -0.0, 1, 0x1.00fffep0, 0x1.01p0, 0x1.010002p0, 0x1.03p0, -0x1.01p0, .infinity, -.infinity,
      .greatestFiniteMagnitude, .leastNormalMagnitude, .leastNonzeroMagnitude, -0x1p-140,
    ]
    let expected: [Float] = [
      0, -0.0, 1, 1, 1, 0x1.02p0, 0x1.04p0, -1, .infinity, -.infinity, .infinity,
      .leastNormalMagnitude, 0, -0.0,
    ]
    #expect(bits(widened(packed(x, rows: 1, columns: x.count)[..<x.count])) == bits(expected))
    let bad: [Float] = [.nan, -.nan, Float(bitPattern: 0x7F80_0001)]
    #expect(widened(packed(bad, rows: 1, columns: 3)[..<3]).allSatisfy { $0.isNaN })
  }

  @Test func countsAreOfWholeBlocks() {
    #expect(ck_packed_bytes(0, 5, CK_BFLOAT16) == 0)
    #expect(ck_packed_bytes(1, 1, CK_BFLOAT16) == 2048)
    #expect(ck_packed_bytes(33, 64, CK_BFLOAT16X2) == 2 * 2 * 2 * 2048)
    #expect(ck_packed_bytes(33, 65, CK_UINT8) == 2 * 2 * 2048)
  }
}
