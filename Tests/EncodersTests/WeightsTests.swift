import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

struct WeightsTests {
  private func weights(_ folder: String) throws -> Weights {
    try Weights(TensorFile(folder: Fixture.path("weights/\(folder)")))
  }

  /// The tensor of each type and layout, and its elements as torch 2.15 has them.
  @Test(arguments: ["zip", "stream", "sharded-bin", "sharded-safetensors"])
  func everyTypeAndLayoutIsRaised(_ folder: String) throws {
    let expected = try TensorFile(safetensors: Fixture.path("weights/expected.safetensors"))
    for (name, shape) in [
      ("f32", [2, 3]), ("parameter", [2, 2]), ("tied", [5, 4]), ("rows", [2, 4]),
      ("columns", [5, 2]), ("transposed", [4, 5]), ("expanded", [3, 4]),
    ] {
      let raw = try #require(expected[name])
      let reference = try raw.withBytes { Tensor(shape, raising: $0, from: .float32).elements }
      #expect(try weights(folder).table(name, shape[0], shape[1]).elements == reference, "\(name)")
    }
    let half = try #require(expected["transposed.f16"])
    #expect(
      try weights(folder).table("transposed.f16", 3, 2).elements
        == half.withBytes { Tensor([3, 2], raising: $0, from: .float16).elements })
    #expect(try weights(folder).vector("f64", 3).elements.allSatisfy(\.isFinite))
    #expect(try weights(folder).vector("bf16", 4).elements.allSatisfy(\.isFinite))
  }

  @Test(arguments: [("mask", "BOOL"), ("u8", "U8")])
  func integersAreNoWeights(_ name: String, _ type: String) throws {
    let error = #expect(throws: FileError.self) {
      try weights("zip").vector(name, name == "mask" ? 3 : 2)
    }
    let file = Fixture.path("weights/zip/pytorch_model.bin")
    #expect(
      error?.description
        == "\(file): tensor `\(name)` is \(type), should be F32, F16, BF16 or F64")
  }

  /// The shape is compared before a view is copied together.
  @Test func shapesAreCheckedFirst() throws {
    let error = #expect(throws: FileError.self) { try weights("zip").table("transposed", 5, 4) }
    let file = Fixture.path("weights/zip/pytorch_model.bin")
    #expect(
      error?.description
        == "\(file): tensor `transposed` is [4, 5], should be [5, 4] by config.json")
  }
}
