import Glibc
import TestSupport
import Testing

@testable import ModelFiles

struct TorchFileTests {
  typealias Bytes = PickleBytes

  private func expectSame(_ file: TensorFile, _ expected: TensorFile) throws {
    #expect(file.names == expected.names)
    for name in expected.names {
      let (tensor, other) = try (#require(file[name]), #require(expected[name]))
      #expect(tensor.type == other.type && tensor.shape == other.shape, "\(name)")
      #expect(try tensor.withBytes(Array.init) == other.withBytes(Array.init), "\(name)")
    }
    try file.checkIntact()
  }

  /// torch 2.15 wrote each file; a reader of safetensors is what they are compared with.
  @Test(arguments: ["zip", "stream", "sharded-bin", "sharded-safetensors"])
  func filesOfTorchHoldTheirTensors(_ name: String) throws {
    try expectSame(
      TensorFile(folder: Fixture.path("weights/\(name)")),
      TensorFile(safetensors: Fixture.path("weights/expected.safetensors")))
  }

  @Test func aWrappedDictionaryIsOpened() throws {
    let file = try TensorFile(folder: Fixture.path("weights/wrapped"))
    #expect(file.names == ["bias", "weight"])
    #expect(file["weight"]?.shape == [2, 2] && file["weight"]?.type == .f32)
  }

  @Test func typesWithoutAStorageClassAreRead() throws {
    let file = try TensorFile(folder: Fixture.path("weights/newer"))
    let (wide, narrow) = try (#require(file["u16"]), #require(file["f8"]))
    #expect(wide.type == .u16 && wide.shape == [2, 2] && narrow.type == .f8E4M3)
    #expect(try wide.withBytes(Array.init) == [1, 0, 3, 0, 2, 0, 255, 255])
    #expect(try narrow.withBytes(Array.init) == [0x38, 0xC0])
  }

  @Test func onlyRowMajorTensorsAreMapped() throws {
    let file = try TensorFile(folder: Fixture.path("weights/zip"))
    for name in ["table", "tied", "rows", "f32", "position_ids"] {
      #expect(file[name]?.isMapped(alignedTo: 8) == true, "\(name)")
    }
    for name in ["columns", "transposed", "permuted", "expanded"] {
      #expect(file[name]?.isMapped(alignedTo: 1) == false, "\(name)")
    }
    #expect(file["table"]?.range == file["tied"]?.range)
  }

  /// Offset, shape and strides in a storage of six numbers.
  static let layouts: [(Int, [Int], [Int], Bool)] = [
    (0, [6], [1], true), (5, [1], [1], true), (0, [], [], true), (5, [], [], true),
    (0, [3, 2], [1, 3], true), (5, [1, 1], [.max, .max], true), (0, [2, 2], [0, 1], true),
    (99, [0, 3], [3, 1], true), (0, [3], [0], true), (1, [5], [1], true),
    (0, [0, .max], [1, 1], true),
    (6, [1], [1], false), (6, [], [], false), (1, [6], [1], false), (-1, [1], [1], false),
    (.max, [1], [1], false), (0, [-1], [1], false), (0, [2], [-1], false), (0, [7], [1], false),
    (0, [2, 3], [3], false), (0, [2], [3, 1], false), (0, [2, 2], [5, 1], false),
    (0, [2], [.max], false), (0, [.max], [.max], false), (0, [.max, 2], [1, 1], false),
    (0, [1 << 32, 1 << 32], [0, 0], false), (.min, [1], [1], false),
    (0, [3], [.max / 2 + 1], false),
    (0, [2, 2], [.max - 1, 1], false), (0, [1 << 43], [0], false),
  ]

  @Test(arguments: layouts.indices)
  func tensorsLieInTheirStorages(_ index: Int) throws {
    let (offset, shape, strides, isRead) = Self.layouts[index]
    let pickle = Bytes.root([("w", Bytes.tensor(offset: offset, shape: shape, strides: strides))])
    let message = try torchFailure(ZipBytes.torch(pickle).bytes)
    let beyond =
      "F: tensor `w` reaches beyond its storage: \(shape) with strides \(strides) from element "
      + "\(offset) of 6"
    #expect(message == (isRead ? nil : beyond))
  }

  /// A file cannot hold what they reach, but none is mapped to see it.
  @Test func stridesBeyondAnyTensorAreRefused() {
    #expect(TensorLayout([2], [1 << 42 - 1])?.extent == 1 << 42)
    #expect(TensorLayout([2], [1 << 42]) == nil)
    #expect(TensorLayout([0, 2], [1, 1 << 42])?.extent == 0)
  }

  @Test func namesThatShowTheSameNumbersOverAndOverAreRefused() throws {
    let views = (0..<3).map { ("\($0)", Bytes.tensor(shape: [1 << 22, 2], strides: [0, 1])) }
    let bytes = ZipBytes.torch(Bytes.root(views)).bytes
    #expect(
      try torchFailure(bytes)
        == "F has \(bytes.count) bytes, and its tensors show them as 100663296; save copies of its "
        + "tensors (`.contiguous()`), as safetensors")
  }

  @Test func viewsOfFewNumbersAreAnErrorWhenAskedFor() throws {
    let folder = try ScratchFolder()
    let views = (0..<4).map { ("\($0)", Bytes.tensor(shape: [1 << 20, 4], strides: [0, 1])) }
    try folder.write(
      "pytorch_model.bin", ZipBytes.torch(Bytes.root([("w", Bytes.tensor())] + views)).bytes)
    let file = try TensorFile(folder: folder.path)
    #expect(try file["w"]?.withBytes(Array.init) == Array(0..<24))
    #expect(file["3"]?.shape == [1 << 20, 4])
    #expect(
      failure { try file["3"]?.withBytes { $0.count } }
        == "\(folder.path)/pytorch_model.bin: tensor `3` shows 4 stored numbers as 4194304; "
        + "save a copy of it (`.contiguous()`)")
  }

  static let mismatched: [([UInt8], String)] = [
    (Bytes.storage("1"), "F: storage `1` is missing from the archive"),
    (Bytes.storage("../0"), "F: storage `../0` is missing from the archive"),
    (Bytes.storage(count: 5), "F: storage `0` has 24 bytes, should have 5 × 4"),
    (Bytes.storage(count: .max), "F: storage `0` has 24 bytes, should have \(Int.max) × 4"),
    (
      Bytes.storage("0", Bytes.global("torch", "DoubleStorage")),
      "F: storage `0` has 24 bytes, should have 6 × 8"
    ),
  ]

  @Test(arguments: mismatched.indices)
  func storagesMustBeThereAndFit(_ index: Int) throws {
    let (storage, expected) = Self.mismatched[index]
    #expect(
      try torchFailure(ZipBytes.torch(Bytes.root([("w", Bytes.tensor(storage))])).bytes) == expected
    )
  }

  @Test func aStorageIsDescribedOnce() throws {
    let half = Bytes.storage("0", Bytes.global("torch", "HalfStorage"), count: 12)
    let pickle = Bytes.root([("w", Bytes.tensor()), ("v", Bytes.tensor(half))])
    #expect(
      try torchFailure(ZipBytes.torch(pickle).bytes)
        == "F (data.pkl), byte 285: storage `0` is described in two ways")
  }

  @Test(arguments: [
    ("torch.storage", "UntypedStorage", 24, "float32", true),
    ("torch.storage", "_UntypedStorage", 24, "int32", true),
    ("torch.storage", "UntypedStorage", 24, "float64", false),
    ("torch", "FloatStorage", 6, "float32", true),
    ("torch", "FloatStorage", 6, "int32", false),
  ])
  func newerTensorsTellTheirType(
    _ module: String, _ name: String, _ count: Int, _ type: String, _ isRead: Bool
  ) throws {
    let storage = Bytes.storage("0", Bytes.global(module, name), count: count)
    let tensor = Bytes.tensor(
      storage, function: "_rebuild_tensor_v3", more: [Bytes.global("torch", type)])
    #expect(
      try (torchFailure(ZipBytes.torch(Bytes.root([("w", tensor)])).bytes) == nil) == isRead)
  }

  @Test func conjugatesAreRefused() throws {
    let metadata = Bytes.dictionary + Bytes.string("neg") + Bytes.yes + Bytes.setItem
    let pickle = Bytes.root([("w", Bytes.tensor(more: [metadata]))])
    #expect(
      try torchFailure(ZipBytes.torch(pickle).bytes)
        == "F (data.pkl), byte 198: a tensor carries metadata, which is not read; save a plain copy "
        + "of it")
  }

  static let foreign: [([UInt8], String)] = [
    (
      Array("version https://git-lfs.github.com/spec/v1\n".utf8),
      "F is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`"
    ),
    (
      Array("\n<!DOCTYPE html><html>".utf8),
      "F is a web page, not the file itself: its download failed; fetch it again"
    ),
    (
      Array("<html>".utf8),
      "F is a web page, not the file itself: its download failed; fetch it again"
    ),
    ([0x1F, 0x8B, 8, 0], "F is a gzip file; unpack it; save the model as safetensors"),
    (
      [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4],
      "F is a 7z archive; unpack it; save the model as safetensors"
    ),
    (
      [UInt8](repeating: 0x61, count: 257) + "ustar".utf8,
      "F is a tar archive, as torch wrote before 0.1.10; save the model as safetensors"
    ),
    (
      safetensors("{}", data: 0),
      "F is no file that `torch.save` writes; save the model as safetensors"
    ),
    ([], "F is no file that `torch.save` writes; save the model as safetensors"),
    ([0x80, 2], "F is no file that `torch.save` writes; save the model as safetensors"),
    (
      Array("PK\u{3}\u{4}".utf8),
      "F does not end as a zip archive does: it is cut short, or something follows it"
    ),
  ]

  @Test(arguments: foreign.indices)
  func otherFilesAreNamed(_ index: Int) throws {
    let (bytes, expected) = Self.foreign[index]
    let message = try torchFailure(bytes)
    #expect(message == expected)
  }

  @Test func aTerabyteOfNothingIsRefused() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("pytorch_model.bin", ZipBytes.torch().bytes)
    try #require(extend(path, to: 1 << 40))
    #expect(
      failure { try TensorFile(folder: folder.path) }
        == "\(path) does not end as a zip archive does: it is cut short, or something follows it")
  }

  /// The file cut at every byte, and every byte of it changed.
  @Test(arguments: ["small-zip", "small-stream"])
  func damagedFilesAreReadOrRefused(_ name: String) throws {
    let bytes = try readFile(Fixture.path("weights/\(name)/pytorch_model.bin"), limit: 1 << 16)
    try #require(torchFailure(bytes) == nil)
    let folder = try ScratchFolder()
    func message(_ bytes: [UInt8]) throws -> String? {
      try folder.write("pytorch_model.bin", bytes)
      return failure { try readAll(TensorFile(folder: folder.path)) }
    }
    for index in bytes.indices {
      #expect(try message(Array(bytes[..<index])) != nil, "\(index) bytes")
      for change in [0x01, 0x40, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] ^= change
        let message = try message(changed)
        #expect(message?.hasPrefix("no FileError") != true, "byte \(index): \(message ?? "")")
      }
    }
  }
}
