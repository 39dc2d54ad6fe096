import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PieceLimitTests {
  @Test func aTextOfTooManyLinesIsRefused() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("vocab.txt", [UInt8](repeating: 0x0A, count: PieceLimit.most + 1))
    let error = #expect(throws: FileError.self) { try readText(path) }
    #expect(
      error?.description
        == "\(path): lines: there are 8388609 or more, at most 8388608 are supported")
  }
}
