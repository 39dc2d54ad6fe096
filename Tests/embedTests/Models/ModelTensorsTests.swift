import TestSupport
import Testing

/// model.safetensors that is damaged, and weights that are no numbers.
@Suite struct ModelTensorsTests {
  static let name = "model.safetensors"
  /// The first tensor of the file, and the one behind it.
  static let first = "embeddings.word_embeddings.weight"

  static func bytes(
    _ title: String, _ words: String..., from make: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> SpoiltModel {
    SpoiltModel(title, words: [name] + words) { try $0.write(name, make($0.bytes(name))) }
  }

  static func header(_ title: String, _ text: String, _ words: String...) -> SpoiltModel {
    SpoiltModel(title, words: [name] + words) {
      try $0.write(name, TensorsOnDisk.file(header: Array(text.utf8)))
    }
  }

  static func tensor(
    _ title: String, _ words: String...,
    by change: @escaping @Sendable (inout [String: Any], _ range: (Int, Int)) -> Void
  ) -> SpoiltModel {
    SpoiltModel(title, words: [name, first] + words) {
      try $0.editTensors { tensors in
        let range = try #require(tensors[first]["data_offsets"] as? [Int])
        change(&tensors[first], (range[0], range[1]))
      }
    }
  }

  static let damaged = [
    bytes("no bytes", "0 bytes") { _ in [] }, bytes("seven bytes", "7 bytes") { Array($0[..<7]) },
    bytes("a header of no bytes") { [UInt8](repeating: 0, count: 8) + $0[8...] },
    bytes("a header longer than the file", "should be at most") { [0, 0, 16, 0] + $0[4...] },
    bytes("a header of 2⁶⁴ − 1 bytes", "18446744073709551615") {
      [UInt8](repeating: 0xFF, count: 8) + $0[8...]
    },
    bytes("a header of 2⁶³ bytes", "9223372036854775808") {
      [0, 0, 0, 0, 0, 0, 0, 0x80] + $0[8...]
    },
    bytes("a git-lfs pointer", "git") { _ in
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n".utf8)
    },
    bytes("a web page") { _ in Array("<!DOCTYPE html><html><head></head></html>".utf8) },
    bytes("a byte too many", "1 bytes after") { $0 + [0] },
    header("a header that is no JSON", "{x}", "line 1"), header("a list for a header", "[]"),
    header("a header that is not UTF-8", "{\"\u{1}\":1}"),
    header("a deep header", String(repeating: "{\"a\":", count: 200_000)),
    header("no tensors", "{}", "word_embeddings"),
    header("metadata of numbers", "{\"__metadata__\":{\"a\":7}}", "__metadata__"),
    header(
      "a tensor of 2⁶⁰ numbers",
      #"{"a":{"dtype":"F32","shape":[1073741824,1073741824],"#
        + #""data_offsets":[0,0]}}"#, "`a`"),
    header(
      "a tensor of more numbers than there are",
      #"{"a":{"dtype":"F32","shape":[9223372036854775807,"#
        + #"9223372036854775807],"data_offsets":[0,0]}}"#, "too large"),
    header(
      "the same tensor twice",
      #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"#
        + #""a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, "twice"),
    tensor("an offset outside", "at most") { $0["data_offsets"] = [$1.0, 1 << 40] },
    tensor("offsets in the wrong order", "in order") { $0["data_offsets"] = [$1.1, $1.0] },
    tensor("negative offsets") { $0["data_offsets"] = [-4, $1.1] },
    tensor("one offset", "2") { $0["data_offsets"] = [$1.0] },
    tensor("offsets in words") { entry, _ in entry["data_offsets"] = ["a", "b"] },
    tensor("a wrong size", "37120") { entry, _ in entry["shape"] = [290, 31] },
    tensor("a negative shape") { entry, _ in entry["shape"] = [-290, -32] },
    tensor("a shape in words") { entry, _ in entry["shape"] = "290x32" },
    tensor("no shape", "shape") { entry, _ in entry["shape"] = nil },
    tensor("another shape", "[32, 290]", "[290, 32]") { entry, _ in entry["shape"] = [32, 290] },
    tensor("one dimension", "[9280]", "[290, 32]") { entry, _ in entry["shape"] = [9280] },
    tensor("many dimensions", "dimensions") { entry, _ in
      entry["shape"] = [290, 32] + [Int](repeating: 1, count: 100_000)
    },
    tensor("an unknown type", "F31", "F32") { entry, _ in entry["dtype"] = "F31" },
    tensor("whole numbers for weights", "I32", "F32") { entry, _ in entry["dtype"] = "I32" },
    tensor("a type of another size") { entry, _ in entry["dtype"] = "F64" },
    tensor("no type", "dtype") { entry, _ in entry["dtype"] = nil },
  ]

  @Test(arguments: damaged)
  func damageIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func tensorsThatOverlapAreNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { tensors in
      // Two tensors of one shape, told to lie in the same place.
      let place = tensors["encoder.layer.0.attention.self.key.weight"]
      tensors["encoder.layer.0.attention.self.query.weight"] = place
    }
    expectFailure(try model.encode(), [Self.name, "overlaps"])
  }

  @Test func everyTensorIsNeeded() throws {
    let names = try TensorsOnDisk(ScratchFolder.bytes(of: "\(Models.tiny)/\(Self.name)")).header
      .keys.filter { $0 != "__metadata__" && !$0.hasPrefix("pooler") }
    #expect(names.count == 37)
    let model = try ScratchFolder(copyOf: Models.tiny)
    let original = try model.bytes(Self.name)
    for name in names {
      // Under another name, so that the file stays whole.
      try model.write(Self.name, original)
      try model.editTensors { tensors in
        tensors["other"] = tensors[name]
        tensors.header[name] = nil
      }
      expectFailure(try model.encode(), [Self.name, name])
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
  func weightsThatAreNoNumbersGiveNoVector(_ value: Float) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { $0.fill(with: value) }
    expectFailure(try model.encode(), ["stdin, line 1", "not finite", Self.name])
    for arguments in [["similarity", "a", "b"], ["encode", "--format", "npy"]] {
      let result = try embedCommand(arguments + ["-m", model.path])(Array("a\n".utf8))
      expectFailure(result, ["not finite"])
    }
  }

  @Test func aBadWordSpoilsItsOwnRowsOnly() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    // Of `cat`, id 282: the first of its 32 numbers.
    try model.editTensors { tensors in
      let range = try #require(tensors[Self.first]["data_offsets"] as? [Int])
      let start = range[0] + 282 * 32 * 4
      tensors.data.replaceSubrange(start..<start + 4, with: [0, 0, 0xC0, 0x7F])
    }
    expectFailure(try model.encode("the river\n\nthe cat\na\n"), ["line 3", "not finite"], rows: 2)
  }

  @Test(arguments: 0..<5) func aFileThatIsCutShortIsRefused(_ share: Int) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let bytes = try model.bytes(Self.name)
    for place in share * 10..<share * 10 + 10 {
      try model.write(Self.name, bytes[..<(bytes.count * place / 50)])
      expectFailure(try model.encode(), [Self.name])
    }
  }

  @Test(arguments: 0..<10) func aFlippedBitIsAnErrorOrFiniteVectors(_ share: Int) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let bytes = try model.bytes(Self.name)
    for place in share * 20..<share * 20 + 20 {
      var flipped = bytes
      // In the header, 4 kB of 122, as often as in the numbers.
      let header = place % 2 == 0 ? 4096 : bytes.count
      flipped[header * place / 200] ^= 1 << UInt8(place / 2 % 8)
      try model.write(Self.name, flipped)
      let result = try model.encode("the cat\n\na river, and a fox\n")
      #expect(
        result.ending == .exited(0) && result.lines.count == 3 && result.stderr.isEmpty
          || result.ending == .exited(1) && result.stderr.hasPrefix("embed: "),
        "byte \(header * place / 200): \(result.ending), \(result.stderr)")
      for line in result.lines {
        #expect(numbers(line).count == 32 && numbers(line).allSatisfy { $0.isFinite })
      }
    }
  }
}
