import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

@Suite struct WeightHolesTests {
  /// To look for them is to read all files.
  @Test func theyAreLookedForOnce() throws {
    let folder = try ScratchFolder()
    let header = Array(#"{"x":{"dtype":"U8","shape":[16384],"data_offsets":[0,16384]}}   "#.utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let file = try TensorFile(
      safetensors: folder.write(
        "model.safetensors", length + header + [UInt8](repeating: 0, count: 16384)))
    let (none, some) = (WeightHoles(), WeightHoles())
    #expect(none.first(in: []) == nil && none.first(in: [file]) == nil)
    #expect(some.first(in: [file])?.tensors == ["x"] && some.first(in: [])?.tensors == ["x"])
  }
}
