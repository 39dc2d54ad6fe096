import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingStateTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func written(_ state: TrainingState) throws -> String {
    let folder = try NewFolder(scratch.file("state"))
    try state.write("state.safetensors", to: folder)
    try folder.finish()
    return scratch.file("state/state.safetensors")
  }

  @Test func itComesBackToTheBit() throws {
    var samples = Samples(seed: 3)
    let odd = Tensor([2, 3], [.nan, -0.0, .infinity, .leastNonzeroMagnitude, 1e-38, 3])
    let state = TrainingState(
      floats: [("b.weight", odd), ("a", samples.tensor(5, 7)), ("none", Tensor([0], []))],
      integers: [("steps", [1, -1, .max, .min]), ("empty", [])])
    let read = try TrainingState(file: written(state))
    #expect(read.floats.map(\.name) == ["a", "b.weight", "none"])
    #expect(read.integers.map(\.name) == ["empty", "steps"])
    #expect(read.integers.map(\.values) == [[], [1, -1, .max, .min]])
    for (name, values) in state.floats {
      let found = try #require(read.floats.first { $0.name == name }?.values)
      #expect(found.shape == values.shape)
      #expect(found.elements.map(\.bitPattern) == values.elements.map(\.bitPattern))
    }
  }

  @Test func whatIsCutShortIsNamed() throws {
    let path = try written(TrainingState(floats: [("a", Tensor([3], [1, 2, 3]))]))
    let bytes = try ScratchFolder.bytes(of: path)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      let damaged = try scratch.write("cut", bytes.prefix(count))
      #expect(throws: FileError.self) { try TrainingState(file: damaged) }
    }
  }

  private static let headers: [String] = [
    #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967296,1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99]}}"#,
    // The same text in other bytes.
    #"{"\u00e9":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"e\u0301":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
  ]

  @Test(arguments: headers) func whatIsNoStateIsRefused(header: String) throws {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let path = try scratch.write(
      "bad", length + Array(header.utf8) + [UInt8](repeating: 0, count: 8))
    #expect(throws: FileError.self) { try TrainingState(file: path) }
  }
}
