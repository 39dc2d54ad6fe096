import ModelFiles
import TestSupport
import Testing

struct RawTensorTests {
  /// Shapes and strides, and the elements of 0, 1, 2 … that they show.
  static let views: [([Int], [Int], [UInt8])] = [
    ([2, 3], [3, 1], [0, 1, 2, 3, 4, 5]),
    ([3, 2], [1, 3], [0, 3, 1, 4, 2, 5]),
    ([3], [2], [0, 2, 4]),
    ([2, 1, 3], [1, 9, 2], [0, 2, 4, 1, 3, 5]),
    ([2, 2, 2], [1, 0, 2], [0, 2, 0, 2, 1, 3, 1, 3]),
    ([2, 3], [0, 1], [0, 1, 2, 0, 1, 2]),
  ]

  @Test(arguments: views.indices, ["Byte", "Half", "Float", "Double"])
  func elementsComeRowMajor(_ view: Int, _ type: String) throws {
    let (shape, strides, expected) = Self.views[view]
    let width = ["Byte": 1, "Half": 2, "Float": 4][type] ?? 8
    let storage = PickleBytes.storage("0", PickleBytes.global("torch", "\(type)Storage"))
    let tensor = PickleBytes.tensor(storage, shape: shape, strides: strides)
    var zip = ZipBytes.torch(PickleBytes.root([("w", tensor)]))
    zip.files[2].bytes = (0..<6).flatMap { [UInt8](repeating: $0, count: width) }
    let folder = try ScratchFolder()
    try folder.write("pytorch_model.bin", zip.bytes)
    let raw = try #require(TensorFile(folder: folder.path)["w"])
    #expect(raw.shape == shape)
    #expect(
      try raw.withBytes(Array.init) == expected.flatMap { [UInt8](repeating: $0, count: width) })
  }
}
