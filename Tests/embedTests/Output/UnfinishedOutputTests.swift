import TestSupport
import Testing
import Vectors

@testable import embed

struct UnfinishedOutputTests {
  private func unfinished(
    _ bytes: [UInt8], _ format: VectorFormat, _ rowBytes: Int = 0
  ) throws -> UnfinishedOutput? {
    let folder = try ScratchFolder()
    try folder.write("x.part", bytes)
    return try UnfinishedOutput(
      OutputFile("\(folder.path)/x", keepingPart: true), format: format, rowBytes: rowBytes)
  }

  @Test(
    arguments: [
      ("", 0, 0..<0), ("{}", 0, 0..<0), ("{}\n", 1, 0..<3), ("{}\n{", 1, 0..<3),
      ("{}\n{1}\n", 2, 3..<7), ("\n\n\n", 3, 2..<3),
    ])
  func aRowOfTextEndsWithItsNewline(_ text: String, _ rows: Int, _ last: Range<Int>) throws {
    for format in [VectorFormat.jsonl, .csv] {
      let found = try unfinished(Array(text.utf8), format)
      #expect(found?.rows ?? 0 == rows)
      #expect(rows == 0 || found?.lastRow == last)
    }
  }

  @Test func rowsOfManyBlocksAreCounted() throws {
    let line = [UInt8](repeating: 0x61, count: (1 << 20) - 1) + [0x0A]
    let found = try unfinished(line + line + line + [0x61], .csv)
    #expect(found?.rows == 3)
    #expect(found?.lastRow == 2 << 20..<3 << 20)
  }

  @Test(arguments: [(0, 0), (7, 0), (8, 1), (15, 1), (16, 2)])
  func rowsForProgramsAreAsLongAsTheyAre(_ count: Int, _ rows: Int) throws {
    for (format, header) in [(VectorFormat.f32, 0), (.u8, 0), (.npy, 128)] {
      let found = try unfinished([UInt8](repeating: 0, count: header + count), format, 8)
      #expect(found?.rows ?? 0 == rows)
      #expect(rows == 0 || found?.lastRow == header + rows * 8 - 8..<header + rows * 8)
    }
    #expect(try unfinished([1, 2, 3], .npy, 8) == nil)
  }

  @Test func sparseRowsAreAsLongAsTheySay() throws {
    let matrix = SparseMatrix(
      columns: 9,
      [
        .init(indices: [1, 8], values: [0.5, 2]), .init(indices: [], values: []),
        .init(indices: [3], values: [-1]),
      ])
    let bytes = CSRFile.spooled(matrix)
    let ends = [20, 24, 36]
    #expect(bytes.count == ends[2])
    for count in 0...bytes.count {
      let found = try unfinished(Array(bytes.prefix(count)), .npz)
      let rows = ends.count { $0 <= count }
      #expect(found?.rows ?? 0 == rows)
      #expect(rows == 0 || found?.lastRow == (rows == 1 ? 0 : ends[rows - 2])..<ends[rows - 1])
    }
    // More than there can be.
    #expect(try unfinished([UInt8](repeating: 0xFF, count: 100), .npz) == nil)
  }
}
