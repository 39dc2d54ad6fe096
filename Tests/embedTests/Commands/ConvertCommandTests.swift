import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

/// `embed convert`.
@Suite struct ConvertCommandTests {
  private static let texts = "the cat sat\nwhere is the river?\n\n"

  private func vectors(_ model: String) throws -> [[Float]] {
    let result = try embed("encode", "-m", model, input: Self.texts)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return result.lines.map(numbers)
  }

  @Test(arguments: [(nil, 0), ("f32", 0), ("f16", 1e-3), ("bf16", 1e-2)] as [(String?, Float)])
  func theCopyGivesTheSameVectors(_ type: String?, _ tolerance: Float) throws {
    let scratch = try ScratchFolder()
    let copy = scratch.path + "/copy"
    let options = type.map { ["--dtype", $0] } ?? []
    let result = try embedCommand(["convert", "-m", Models.tiny, "--output", copy] + options)([])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.text.contains("copy/model.safetensors"))
    let (before, after) = (try vectors(Models.tiny), try vectors(copy))
    let apart = zip(before.joined(), after.joined()).map { ($0 - $1).magnitude }.max() ?? .nan
    #expect(apart <= tolerance && (tolerance == 0 || apart > 0))
    let inspected = try embed("inspect", "--json", copy)
    let stored = try object(inspected.text)["stored_as"] as? [String]
    #expect(stored == [type?.uppercased() ?? "F32"])
    #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
  }

  /// Matrices that are kept in 8 bits give the bits that int8 gives, and nothing else.
  @Test(
    .enabled(if: Precision.int8.obstacle == nil, "no int8 on this processor"),
    arguments: [
      Models.tiny, Fixture.path("pipelines/clip"), Fixture.path("pipelines/dense-residual"),
    ])
  func whatIsKeptInBytesGivesTheSame(_ model: String) throws {
    let scratch = try ScratchFolder()
    let copy = scratch.file("copy")
    let result = try embed("convert", "-m", model, "--output", copy, "--dtype", "int8")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    func encoded(_ model: String) throws -> CommandResult {
      try embed("encode", "-m", model, "--precision", "int8", input: Self.texts)
    }
    let (before, after) = (try encoded(model), try encoded(copy))
    #expect(after.ending == .exited(0) && before.text == after.text, "\(after.stderr)")
    let other = try embed("encode", "-m", copy, input: Self.texts)
    #expect(other.ending == .exited(1) && other.text.isEmpty)
    #expect(other.stderr.contains("keeps weights in 8 bits"), "\(other.stderr)")
    #expect(other.stderr.contains("take --precision int8"))
    #expect(try embed("inspect", "--precision", "int8", copy).ending == .exited(0))
    let measured = try embed(
      "bench", "-m", copy, "--precision", "int8", "--rounds", "1", "--threads", "1")
    #expect(measured.ending == .exited(0), "\(measured.stderr)")
    #expect(measured.stderr.contains("not compared with f32: "), "\(measured.stderr)")
  }

  @Test(arguments: [
    (".int8", #"{"dtype":"U8","shape":[3,2048]"#, "is U8, should be I8"),
    (".int8", #"{"dtype":"I8","shape":[6144]"#, "is [6144], should be [3, 2048]"),
    (".int8_sums", #"{"dtype":"F32","shape":[96]"#, "is F32, should be I32"),
    (".int8_scales", nil, "no tensor `"),
  ])
  func bytesOfOtherShapesAreRefused(_ ending: String, _ entry: String?, _ words: String) throws {
    let scratch = try ScratchFolder()
    let copy = scratch.file("copy")
    _ = try embed("convert", "-m", Models.tiny, "--output", copy, "--dtype", "int8")
    let path = "\(copy)/model.safetensors"
    var bytes = try ScratchFolder.bytes(of: path)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let name = try #require(
      header.firstMatch(of: /"([^"]*query\.weight)\.int8"/)?.output.1, "\(header)")
    let start = try #require(header.firstRange(of: "\"\(name)\(ending)\":{"))
    let end = try #require(header[start.upperBound...].firstIndex(of: "}"))
    let own = String(header[start.lowerBound...end])
    let offsets = try #require(own.firstRange(of: "\"data_offsets\""))
    let new =
      entry.map { "\"\(name)\(ending)\":\($0)," + own[offsets.lowerBound...] }
      ?? own.replacing(ending, with: ending + "_other")
    header = header.replacing(own, with: new).trimmingCharacters(in: .whitespaces)
    let text = Array(header.utf8)
    bytes.replaceSubrange(
      0..<8 + length, with: (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    )
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: "\(copy)/SHA256SUMS")
    let result = try embed("encode", "-m", copy, "--precision", "int8", input: Self.texts)
    #expect(result.ending == .exited(1) && result.stderr.contains(words), "\(result.stderr)")
  }

  @Test func partsOfAMatrixInTwoFilesAreRefused() throws {
    let scratch = try ScratchFolder()
    let copy = scratch.file("copy")
    _ = try embed("convert", "-m", Models.tiny, "--output", copy, "--dtype", "int8")
    let file = try TensorFile(folder: copy)
    let names = file.names
    let (first, second) = ("first.safetensors", "second.safetensors")
    let folder = try NewFolder(scratch.file("parts"))
    func isSecond(_ name: String) -> Bool { name.hasSuffix(".int8_sums") }
    for (path, isPart) in [(first, { !isSecond($0) }), (second, isSecond)] {
      try folder.writeSafetensors(
        path,
        names.filter(isPart).compactMap { file[$0] }.map { raw in
          NewTensor(raw.name, raw.type, raw.shape) { append in try raw.withBytes(append) }
        })
    }
    try folder.finish()
    let index = try JSONSerialization.data(withJSONObject: [
      "weight_map": Dictionary(
        uniqueKeysWithValues: names.map { ($0, isSecond($0) ? second : first) })
    ])
    try index.write(to: URL(fileURLWithPath: "\(copy)/model.safetensors.index.json"))
    for name in ["model.safetensors", "SHA256SUMS"] {
      try FileManager.default.removeItem(atPath: "\(copy)/\(name)")
    }
    for name in [first, second] {
      try FileManager.default.moveItem(
        atPath: scratch.file("parts/\(name)"), toPath: "\(copy)/\(name)")
    }
    let result = try embed("encode", "-m", copy, "--precision", "int8", input: Self.texts)
    #expect(
      result.ending == .exited(1)
        && result.stderr.contains("has its scales and sums in another file"), "\(result.stderr)")
  }

  @Test func everyOtherFileIsCopied() throws {
    let scratch = try ScratchFolder()
    let copy = scratch.path + "/copy"
    _ = try embed("convert", "-m", Models.tiny, "--output", copy)
    for file in ["modules.json", "1_Pooling/config.json", "tokenizer.json", "vocab.txt"] {
      #expect(
        try ScratchFolder.bytes(of: "\(copy)/\(file)")
          == ScratchFolder.bytes(of: "\(Models.tiny)/\(file)"))
    }
  }

  @Test func aCopyInsideTheModelDoesNotHoldItself() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let copy = model.path + "/copy"
    #expect(try embed("convert", "-m", model.path, "--output", copy).ending == .exited(0))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: copy).sorted()
        == (model.names.filter { $0 != "copy" } + ["SHA256SUMS"]).sorted())
  }

  @Test(arguments: ["convert", "reduce"])
  func aLinkThatLeadsOutIsNamedAndNotCopied(_ command: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write("secret.txt", "secret")
    try scratch.write("elsewhere/secret.txt", "secret")
    try scratch.write("texts.txt", (0..<40).map { "the cat \($0)\n" }.joined())
    let options =
      command == "reduce" ? ["--texts", scratch.file("texts.txt"), "--dimensions", "4"] : []
    for (name, target) in [("notes.txt", "secret.txt"), ("1_More", "elsewhere")] {
      let model = try ScratchFolder(copyOf: Models.tiny)
      try model.link(name, to: scratch.file(target))
      let run = try embedCommand(
        [command, "-m", model.path, "--output", scratch.file("copy")] + options)
      expectFailure(
        try run(),
        message: "\(model.path)/\(name): leads out of the model's folder, to "
          + "\(scratch.file(target)), and is not copied; remove it, or put a copy of what it leads to "
          + "in its place")
      #expect(try scratch.names == ["elsewhere", "secret.txt", "texts.txt"])
    }
  }

  @Test func linksInsideTheModelAndToTheCachesBlobsAreFollowed() throws {
    let cache = try ScratchFolder()
    let snapshot = "models--a--b/snapshots/0123"
    for name in try ScratchFolder(copyOf: Models.tiny).names {
      let source = "\(Models.tiny)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        try cache.write(
          "\(snapshot)/\(name)/config.json", ScratchFolder.bytes(of: source + "/config.json"))
      } else {
        try cache.write("models--a--b/blobs/\(name)", ScratchFolder.bytes(of: source))
        try cache.write("\(snapshot)/keep", "")
        try cache.link("\(snapshot)/\(name)", to: "../../blobs/\(name)")
      }
    }
    try cache.link("\(snapshot)/same.txt", to: "vocab.txt")
    let copy = cache.file("copy")
    let result = try embed("convert", "-m", cache.file(snapshot), "--output", copy)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(
      try ScratchFolder.bytes(of: "\(copy)/same.txt")
        == ScratchFolder.bytes(of: "\(Models.tiny)/vocab.txt"))
    #expect(try vectors(copy) == vectors(Models.tiny))
  }

  @Test func aFolderThatIsThereIsLeftAlone() throws {
    let scratch = try ScratchFolder()
    try scratch.write("copy/mine.txt", "mine")
    let result = try embed("convert", "-m", Models.tiny, "--output", scratch.path + "/copy")
    expectFailure(
      result,
      message: "\(scratch.path)/copy is there already; name a new folder, or remove it")
    #expect(try ScratchFolder.bytes(of: scratch.path + "/copy/mine.txt") == Array("mine".utf8))
  }

  @Test func aWeightTooLargeForHalfPrecisionIsNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let file = "\(model.path)/model.safetensors"
    var bytes = try ScratchFolder.bytes(of: file)
    // The last number of the last tensor: 1e30.
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0xCA, 0xF2, 0x49, 0x71])
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let copy = model.path + "-half"
    let result = try embed("convert", "-m", model.path, "--output", copy, "--dtype", "f16")
    expectFailure(
      result,
      message: "\(model.path)/model.safetensors: tensor `pooler.dense.weight` has numbers too "
        + "large for F16; convert to BF16")
    #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
    #expect(!FileManager.default.fileExists(atPath: copy))
  }

  @Test func noDtypeOfThatNameIsAWrongUsage() throws {
    let result = try embed("convert", "-m", Models.tiny, "--output", "x", "--dtype", "f8")
    #expect(result.ending == .exited(64) && result.stderr.contains("f32, f16, bf16"))
  }
}
