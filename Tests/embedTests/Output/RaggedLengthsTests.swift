import TestSupport
import Testing
import Vectors

@testable import embed

/// The numbers of vectors that lie beside the vectors of tokens.
@Suite struct RaggedLengthsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func lengths(keepingPart: Bool = true) throws -> RaggedLengths {
    try RaggedLengths(beside: OutputFile(folder.file("x.npy")), keepingPart: keepingPart)
  }

  private func write(_ values: [Int], cut: Int = 0) throws {
    let bytes =
      [UInt8](repeating: 0, count: 128)
      + values.flatMap { length in
        withUnsafeBytes(of: Int64(length)) { Array($0) }
      }
    try folder.write("x.npy.lengths.npy.part", bytes.dropLast(cut))
  }

  @Test(
    arguments: [
      ([2, 0, 3], 0, 5, 3, 5, 3), ([2, 0, 3], 0, 4, 2, 2, 0), ([2, 0, 3], 0, 100, 3, 5, 3),
      ([2, 0, 3], 1, 5, 2, 2, 0), ([2, 0, 3], 24, 5, 0, 0, nil), ([2], 0, 1, 0, 0, nil),
      ([1, -1, 1], 0, 5, 1, 1, 1), ([1, .max, 1], 0, 5, 1, 1, 1), ([.max], 0, .max - 1, 0, 0, nil),
    ] as [([Int], Int, Int, Int, Int, Int?)])
  func textsCountWhoseVectorsAreThere(
    _ values: [Int], _ cut: Int, _ available: Int, _ texts: Int, _ vectors: Int, _ last: Int?
  ) throws {
    try write(values, cut: cut)
    var lengths = try lengths()
    #expect(try lengths.resume(fitting: available) == last)
    #expect(lengths.texts == texts && lengths.vectors == vectors)
  }

  @Test func whatIsResumedIsThatOfAnUnbrokenRun() throws {
    try write([2, 0, 3, 7], cut: 3)
    var resumed = try lengths()
    _ = try resumed.resume(fitting: 2)
    try resumed.cut()
    try resumed.append([3, 1])
    try resumed.finish()
    #expect(try folder.bytes("x.npy.lengths.npy") == RaggedFile.lengths([2, 0, 3, 1]))
  }

  @Test func aPipeHasNothingBesideIt() throws {
    #expect(
      thrown { _ = try RaggedLengths(beside: OutputFile("/dev/null"), keepingPart: false) }
        == "/dev/null: the vectors of tokens as npy are two files, the second with the number of "
        + "vectors of each text; give --output FILE, or take --format jsonl")
  }
}
