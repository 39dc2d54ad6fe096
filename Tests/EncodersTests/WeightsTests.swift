import Encoders
import Glibc
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

  /// What is refused before a product packs it, or anything takes its outputs.
  @Test(
    arguments: [
      (.f32, 262_145, 1, "262145 numbers of 1; at most 262144 of 1048576 are computed"),
      (.f32, 1, 1_048_577, "1 numbers of 1048577; at most 262144 of 1048576 are computed"),
      (
        .int8, 1, 66_312,
        "1 numbers of 66312; at most 262144 of 66311 are computed in int8; take another precision"
      ),
    ] as [(Precision, Int, Int, String)])
  func aProductThatIsTooWideIsRefused(
    _ precision: Precision, _ outputs: Int, _ inputs: Int, _ message: String
  ) throws {
    let weights = Weights(
      TensorFile(), precision, parameters: ["layer.weight": .zeros([outputs, inputs])])
    let error = try #require(throws: FileError.self) {
      try weights["layer"].matrix("weight", outputs, inputs)
    }
    #expect(error.description == "the weights: tensor `layer.weight` makes \(message)")
  }

  /// A tensor of 2 TB in a file that takes some kilobytes of the disk.
  private func sparse() throws -> (ScratchFolder, Weights) {
    let folder = try ScratchFolder()
    var header = Array(
      #"{"huge":{"dtype":"F32","shape":[1048576,524288],"data_offsets":[0,2199023255552]}}"#.utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let file = try folder.write("model.safetensors", length + header)
    try #require(truncate(file, 8 + header.count + 1 << 41) == 0)
    return (folder, Weights(try TensorFile(safetensors: file)))
  }

  @Test(
    arguments: [
      { _ = try $0.stacked([("huge", 1 << 20)], 1 << 19) },
      { _ = try $0.transposed("huge", [1 << 20, 1 << 19]) },
    ] as [@Sendable (Weights) throws -> Void])
  func whatIsCopiedIsFirstHeldAgainstTheBound(_ copy: @Sendable (Weights) throws -> Void) throws {
    let (folder, weights) = try sparse()
    let error = try #require(throws: FileError.self) { try copy(weights) }
    let start = "\(folder.path)/model.safetensors: tensor `huge` needs 2.2 TB of memory; "
    #expect(
      error.description.hasPrefix(start) && error.description.hasSuffix(" that may be (--memory)"))
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
