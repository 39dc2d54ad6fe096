import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct QuantizationTests {
  @Test(arguments: Quantization.allCases)
  func bytesAreThoseOfTheReference(kind: Quantization) throws {
    let (recorded, rows) = (try Recorded.json("quantized"), try Recorded.rows())
    let part = rows.picked(0..<20)
    #expect(kind(part).map(Int.init) == (try recorded.wholes(kind.rawValue)))
  }

  @Test(arguments: [Quantization.int8, .uint8])
  func rangesMayBeThoseOfOtherVectors(kind: Quantization) throws {
    let (recorded, rows) = (try Recorded.json("quantized"), try Recorded.rows())
    let found = kind(rows.picked(0..<20), ranges: ColumnRanges(of: rows.picked(20..<60)))
    #expect(found.map(Int.init) == (try recorded.wholes("\(kind.rawValue)-calibrated")))
  }

  @Test func aWidthThatIsNoMultipleOfEightIsFilledUp() {
    let matrix = Matrix(columns: 9, [1, 0, -1, 0.5, 0, 0, 0, 0, 2])
    #expect(Quantization.ubinary(matrix) == [0b1001_0000, 0b1000_0000])
    #expect(Quantization.binary(matrix) == [0b0001_0000, 0b0000_0000])
  }

  @Test func aColumnWithoutARangeIsTheLowestStep() {
    #expect(Quantization.uint8(Matrix(columns: 1, [3, 3])) == [0, 0])
    #expect(Quantization.int8(Matrix(columns: 1, [3, 3])) == [128, 128])
  }
}
