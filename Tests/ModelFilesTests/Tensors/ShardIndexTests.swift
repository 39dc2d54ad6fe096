import Glibc
import ModelFiles
import TestSupport
import Testing

struct ShardIndexTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for name in ["a", "b"] { try folder.write("\(name).safetensors", Self.shard([name])) }
  }

  /// A file of tensors of one byte each.
  private static func shard(_ names: [String]) -> [UInt8] {
    let entries = names.enumerated().map { index, name in
      "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\(index),\(index + 1)]}"
    }
    return safetensors("{\(entries.joined(separator: ","))}", data: names.count)
  }

  /// What is wrong with the index, which is called `I`.
  private func message(_ index: String) throws -> String? {
    let path = try folder.write("model.safetensors.index.json", Array(index.utf8))
    return failure { try readAll(TensorFile(folder: folder.path)) }?
      .replacing(path, with: "I").replacing(folder.path, with: "T")
  }

  private func message(map: String) throws -> String? { try message("{\"weight_map\":{\(map)}}") }

  @Test func allShardsAreRead() throws {
    #expect(try message(map: #""a":"a.safetensors","b":"b.safetensors""#) == nil)
    let file = try TensorFile(folder: folder.path)
    #expect(file.names == ["a", "b"] && file.files.count == 2)
    #expect(try message(map: "") == nil)
  }

  @Test(arguments: [
    ("{}", "I: `weight_map` is missing, should be an object"),
    ("{", "I: line 1, column 2: expected a key in quotes or `}`, found the end of the text"),
    (
      "\u{FEFF}{}",
      "I begins with a byte order mark (EF BB BF), which JSON does not allow; save it as UTF-8 without "
        + "one"
    ),
    (#"{"weight_map":{"a":1}}"#, "I: `weight_map.a` should be a string, is 1"),
    (
      #"{"weight_map":{"a":"a.safetensors","a":"a.safetensors","b":"b.safetensors"}}"#,
      "I names tensor `a` twice"
    ),
    (#"{"weight_map":{"a":"a.safetensors"}}"#, ""),
    (
      #"{"weight_map":{"a":"a.safetensors","b":"a.safetensors"}}"#,
      "I: tensor `b` should be in a.safetensors, is in no file"
    ),
    (
      #"{"weight_map":{"a":"b.safetensors","b":"a.safetensors"}}"#,
      "I: tensor `a` should be in b.safetensors, is in a.safetensors"
    ),
    (
      #"{"weight_map":{"b":"b.safetensors","c":"a.safetensors"}}"#,
      "I: tensor `a` is in a.safetensors, which the index does not say"
    ),
    (
      #"{"weight_map":{"A":"a.safetensors","b":"b.safetensors"}}"#,
      "I: tensor `A` should be in a.safetensors, is in no file"
    ),
    (#"{"weight_map":{"a":"c.safetensors"}}"#, "T/c.safetensors does not exist"),
  ])
  func theIndexAndTheFilesMustAgree(_ index: String, _ expected: String) throws {
    let message = try message(index)
    #expect(message == (expected.isEmpty ? nil : expected))
  }

  @Test func aTensorInTwoFilesIsRefused() throws {
    try folder.write("b.safetensors", Self.shard(["a", "b"]))
    #expect(
      try message(map: #""a":"a.safetensors","b":"b.safetensors""#)
        == "I: tensor `a` is in b.safetensors, which the index does not say")
  }

  /// The file after it is not there.
  @Test func filesOfMoreTensorsThanTheIndexNamesAreNotAllRead() throws {
    try folder.write("a.safetensors", Self.shard(["a", "x", "y"]))
    #expect(
      try message(map: #""a":"a.safetensors","c":"c.safetensors""#)
        == "I: tensor `x` is in a.safetensors, which the index does not say")
  }

  @Test(arguments: [
    "../a.safetensors", "/tmp/a.safetensors", "./a.safetensors", "sub/a.safetensors",
    "a\\\\b.safetensors", "", ".safetensors", "a.bin", "a.safetensors ", "a.safetensors\\u0000",
    "a.safetensors\\n", "é.safetensors", "C:a.safetensors", "..", "a.safetensors/..",
  ])
  func onlyFilesBesideTheIndexAreNamed(_ name: String) throws {
    let message = try message(map: "\"a\":\"\(name)\"")
    #expect(
      message
        == "I: `weight_map.a` should be the name of a .safetensors file beside it, is \"\(name)\"")
  }

  @Test func onlyRegularFilesAreShards() throws {
    let path = folder.file("c.safetensors")
    let map = #""c":"c.safetensors""#
    try #require(mkfifo(path, 0o600) == 0)
    #expect(try message(map: map) == "T/c.safetensors is a pipe, should be a regular file")
    remove(path)
    try #require(mkdir(path, 0o700) == 0)
    #expect(try message(map: map) == "T/c.safetensors is a directory, should be a file")
    rmdir(path)
    try #require(symlink("/dev/zero", path) == 0)
    #expect(try message(map: map) == "T/c.safetensors is a device, should be a regular file")
  }

  /// As in the cache of Hugging Face: the name is a link to a blob elsewhere.
  @Test func linksToFilesAreFollowed() throws {
    let blobs = try ScratchFolder()
    let blob = try blobs.write("0123abcd", Self.shard(["c"]))
    try #require(symlink(blob, folder.file("c.safetensors")) == 0)
    #expect(try message(map: #""c":"c.safetensors""#) == nil)
  }

  @Test func shardsAreLimited() throws {
    let map = (0..<1000).map { "\"\($0)\":\"\($0).safetensors\"" }.joined(separator: ",")
    #expect(try message(map: map) == "I names 1000 files, should be at most 512")
  }
}
