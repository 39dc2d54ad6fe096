import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct RaggedFileTests {
  private let folder: ScratchFolder
  /// Three rows of four numbers.
  private let rows: [UInt8]

  init() throws {
    folder = try ScratchFolder()
    rows = try readFile(Recorded.path("forms/f4.npy"), limit: 1000)
    try folder.write("x.npy", rows)
  }

  @Test func lengthsAreThoseThatNumPyWrites() throws {
    let expected = try readFile(Recorded.path("sparse/lengths.npy"), limit: 1000)
    #expect(RaggedFile.lengths([2, 0, 1]) == expected)
    #expect(RaggedFile.lengthsHeader(groups: 3) == Array(expected[..<128]))
    try folder.write("x.npy.lengths.npy", expected)
    let file = try RaggedFile(folder.file("x.npy"))
    try file.checkIntact()
    #expect(file.matrix.lengths == [2, 0, 1] && file.matrix.columns == 4)
    #expect(file.matrix.group(2)[0] == [1, 1.25, 1.5, 1.75])
  }

  @Test(arguments: [[], [1, 1], [4, -1], [.max, .max, 5], [.min, .min, 3], [4]])
  func lengthsThatDoNotAddUpAreRefused(lengths: [Int]) throws {
    let path = try folder.write("x.npy.lengths.npy", RaggedFile.lengths(lengths))
    let error = #expect(throws: FileError.self) { try RaggedFile(folder.file("x.npy")) }
    #expect(
      error?.description
        == "\(path): its lengths do not add up to the 3 rows of \(folder.file("x.npy")); make both "
        + "again")
  }

  @Test func otherFilesOfLengthsAreRefused() throws {
    let path = folder.file("x.npy")
    let missing = #expect(throws: FileError.self) { try RaggedFile(path) }
    #expect(
      missing?.description
        == "\(path) has no \(path).lengths.npy beside it, which says how many rows each text has; "
        + "make it again with a model that gives a vector for each token")
    let whole = RaggedFile.lengths([3])
    for bad in [Array(whole.dropLast()), whole + whole, Array(whole[..<90]), rows, []] {
      try folder.write("x.npy.lengths.npy", bad)
      #expect(throws: FileError.self) { try RaggedFile(path) }
    }
  }
}
