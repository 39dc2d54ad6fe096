import Foundation
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
