import Glibc
import ModelFiles
import TestSupport
import Testing

struct TensorFileTests {
  /// The files that are looked for, in their order.
  private static let files = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ]
  private static let known = files.map { "`\($0)`" }.joined(separator: ", ")

  @Test func aFolderWithoutTensorsIsNamed() throws {
    let folder = try ScratchFolder()
    try folder.write("config.json", [])
    #expect(
      failure { try TensorFile(folder: folder.path) }
        == "\(folder.path) has no tensors: looked for \(Self.known)")
    let absent = "\(folder.path)/none"
    #expect(failure { try TensorFile(folder: absent) } == "\(absent) does not exist")
  }

  @Test(arguments: ["tf_model.h5", "flax_model.msgpack", "rust_model.ot", "model.onnx"])
  func formatsThatAreNotReadAreNamed(_ name: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(name, [1])
    #expect(
      failure { try TensorFile(folder: folder.path) }
        == "\(path) is in a format that is not read; read is \(Self.known): "
        + "save the model as safetensors")
  }

  @Test(arguments: [
    ("_orig_mod.", "torch.compile"), ("module.", "DataParallel"),
    ("0.auto_model.", "a whole SentenceTransformer"),
  ])
  func namesBehindAWrappersAreRefused(start: String, wrapper: String) throws {
    let folder = try ScratchFolder()
    func tensor(_ name: String) -> String {
      #""\#(name)":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    }
    let path = try folder.write(
      "model.safetensors", safetensors("{\(tensor(start + "a.weight"))}", data: 4))
    #expect(
      failure { try TensorFile(folder: folder.path) }
        == "\(path): the name of every tensor begins with `\(start)`, as \(wrapper) saves a model; "
        + "save the model inside it, or take `\(start)` off the names")
    let other = #""b.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#
    try folder.write(
      "model.safetensors", safetensors("{\(tensor(start + "a.weight")),\(other)}", data: 8))
    #expect(failure { try TensorFile(folder: folder.path) } == nil)
  }

  /// Each is broken in its own way, so that the message tells which was read.
  @Test func theFirstFileThatIsThereIsRead() throws {
    let folder = try ScratchFolder()
    for file in Self.files.reversed() {
      let path = try folder.write(file, [1])
      #expect(failure { try TensorFile(folder: folder.path + "/") }?.hasPrefix(path) == true)
    }
    try folder.write("model.safetensors", safetensors("{}", data: 0))
    #expect(try TensorFile(folder: folder.path).names == [])
  }

  @Test func aFolderInPlaceOfTheFileIsNamed() throws {
    let folder = try ScratchFolder()
    let path = folder.file("model.safetensors")
    try #require(mkdir(path, 0o700) == 0)
    #expect(
      failure { try TensorFile(folder: folder.path) } == "\(path) is a directory, should be a file")
  }

  @Test func aFileThatShrinksIsReported() throws {
    let folder = try ScratchFolder()
    let entry = #"{"w":{"dtype":"U8","shape":[9000],"data_offsets":[0,9000]}}"#
    let path = try folder.write("model.safetensors", safetensors(entry, data: 9000))
    let file = try TensorFile(folder: folder.path)
    try #require(truncate(path, 10) == 0)
    #expect(try file["w"]?.withBytes { $0.allSatisfy { $0 == 0 } } != nil)
    #expect(failure { try file.checkIntact() }?.contains("became shorter") == true)
  }

  @Test func everyNameIsFound() throws {
    let folder = try ScratchFolder()
    let names = (0..<300).map { "layer.\($0 * 7 % 300).weight" }
    let entries = names.enumerated().map { index, name in
      "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\(index),\(index + 1)]}"
    }
    let header = "{\(entries.joined(separator: ","))}"
    try folder.write("model.safetensors", safetensors(header, data: 300))
    let file = try TensorFile(folder: folder.path)
    #expect(file.names == names.sorted())
    for (index, name) in names.enumerated() {
      #expect(try file[name]?.withBytes { Array($0) } == [UInt8(truncatingIfNeeded: index)])
    }
  }
}
