import TestSupport
import Testing

@testable import ModelFiles

/// Numbers of few bits, against what the `gguf` package 0.19 raises them to.
@Suite struct GGUFBlocksTests {
  @Test(arguments: GGUFBlocks.allCases) func theyAreRaisedToTheBit(_ blocks: GGUFBlocks) throws {
    let file = try TensorFile(safetensors: Fixture.path("gguf/blocks.safetensors"))
    let stored = try #require(file[blocks.rawValue])
    let raised = try #require(file["\(blocks.rawValue).raised"])
    let expected = try raised.withBytes { Array($0.bindMemory(to: UInt32.self)) }
    #expect(stored.shape == [24, blocks.bytes] && raised.shape == [24, blocks.size])
    var found = [Float](repeating: .nan, count: expected.count)
    try stored.withBytes { bytes in
      found.withUnsafeMutableBufferPointer { blocks.raise(bytes, into: $0) }
    }
    #expect(found.map(\.bitPattern) == expected)
  }
}
