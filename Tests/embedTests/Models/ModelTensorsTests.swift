import TestSupport
import Testing

/// model.safetensors that is damaged, and weights that are no numbers.
@Suite struct ModelTensorsTests {
  static let name = "model.safetensors"
  /// The first tensor of the file, and the one behind it.
  static let first = "embeddings.word_embeddings.weight"

  static func bytes(
    _ title: String, _ problem: String, from make: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> SpoiltModel {
    SpoiltModel(title, "MODEL/\(name)\(problem)") { try $0.write(name, make($0.bytes(name))) }
  }

  static func header(_ title: String, _ text: String, _ problem: String) -> SpoiltModel {
    SpoiltModel(title, "MODEL/\(name)\(problem)") {
      try $0.write(name, TensorsOnDisk.file(header: Array(text.utf8)))
    }
  }

  static func tensor(
    _ title: String, _ problem: String,
    by change: @escaping @Sendable (inout [String: Any], _ range: (Int, Int)) -> Void
  ) -> SpoiltModel {
    SpoiltModel(title, "MODEL/\(name)\(problem)") {
      try $0.editTensors { tensors in
        let range = try #require(tensors[first]["data_offsets"] as? [Int])
        change(&tensors[first], (range[0], range[1]))
      }
    }
  }

  static let damaged = [
    bytes("no bytes", " has 0 bytes, a safetensors file at least 8") { _ in [] },
    bytes(
      "seven bytes",
      " has 7 bytes, a safetensors file at least 8"
    ) { Array($0[..<7]) },
    bytes(
      "a header of no bytes",
      " (header): line 1, column 1: expected a value, found the end of the text"
    ) { [UInt8](repeating: 0, count: 8) + $0[8...] },
    bytes(
      "a header longer than the file",
      " says its header has 1048576 bytes, should be at most 122368; it is cut short or no "
        + "safetensors file"
    ) { [0, 0, 16, 0] + $0[4...] },
    bytes(
      "a header of 2⁶⁴ − 1 bytes",
      " says its header has 18446744073709551615 bytes, should be at most 122368; it is cut "
        + "short or no safetensors file"
    ) {
      [UInt8](repeating: 0xFF, count: 8) + $0[8...]
    },
    bytes(
      "a header of 2⁶³ bytes",
      " says its header has 9223372036854775808 bytes, should be at most 122368; it is cut "
        + "short or no safetensors file"
    ) {
      [0, 0, 0, 0, 0, 0, 0, 0x80] + $0[8...]
    },
    bytes(
      "a git-lfs pointer",
      " is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`"
    ) { _ in
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n".utf8)
    },
    bytes(
      "a web page",
      " is a web page, not the file itself: its download failed; fetch it again"
    ) { _ in Array("<!DOCTYPE html><html><head></head></html>".utf8) },
    bytes("a byte too many", " has 1 bytes after its last tensor, should have none") { $0 + [0] },
    header(
      "a header that is no JSON", "{x}",
      " (header): line 1, column 2: expected a key in quotes or `}`, found `x`"),
    header(
      "a list for a header", "[]",
      " (header) should be an object, is an array"),
    header(
      "a header that is not UTF-8", "{\"\u{1}\":1}",
      " (header): line 1, column 3: expected an escape for a control character, found the "
        + "byte 0x01"),
    header(
      "a deep header", String(repeating: "{\"a\":", count: 200_000),
      " (header): line 1, column 641: nested deeper than 128 levels, the most allowed"),
    header(
      "no tensors", "{}",
      ": no tensor `embeddings.word_embeddings.weight`, which config.json's model_type needs "
        + "with the shape [290, 32]"),
    header(
      "metadata of numbers", "{\"__metadata__\":{\"a\":7}}",
      " (header): `__metadata__.a` should be a string, is 7"),
    header(
      "a tensor of 2⁶⁰ numbers",
      #"{"a":{"dtype":"F32","shape":[1073741824,1073741824],"#
        + #""data_offsets":[0,0]}}"#,
      ": tensor `a` has 0 bytes, F32 [1073741824, 1073741824] should have 4611686018427387904"),
    header(
      "a tensor of more numbers than there are",
      #"{"a":{"dtype":"F32","shape":[9223372036854775807,"#
        + #"9223372036854775807],"data_offsets":[0,0]}}"#,
      ": tensor `a` is too large: F32 [9223372036854775807, 9223372036854775807]"),
    header(
      "the same tensor twice",
      #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"#
        + #""a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
      ": tensor `a` is there twice"),
    tensor(
      "an offset outside",
      " (header): `embeddings.word_embeddings.weight.data_offsets` is [8704, 1099511627776], "
        + "should be in order and at most 118400, the bytes after the header; the file may be "
        + "cut short"
    ) { $0["data_offsets"] = [$1.0, 1 << 40] },
    tensor(
      "offsets in the wrong order",
      " (header): `embeddings.word_embeddings.weight.data_offsets` is [45824, 8704], should "
        + "be in order and at most 118400, the bytes after the header; the file may be cut short"
    ) { $0["data_offsets"] = [$1.1, $1.0] },
    tensor(
      "negative offsets",
      " (header): `embeddings.word_embeddings.weight.data_offsets[0]` should be at least 0, "
        + "is -4"
    ) { $0["data_offsets"] = [-4, $1.1] },
    tensor(
      "one offset",
      " (header): `embeddings.word_embeddings.weight.data_offsets` has 1 numbers, should "
        + "have 2"
    ) { $0["data_offsets"] = [$1.0] },
    tensor(
      "offsets in words",
      " (header): `embeddings.word_embeddings.weight.data_offsets[0]` should be a whole "
        + "number, is \"a\""
    ) { entry, _ in entry["data_offsets"] = ["a", "b"] },
    tensor(
      "a wrong size",
      ": tensor `embeddings.word_embeddings.weight` has 37120 bytes, F32 [290, 31] should "
        + "have 35960"
    ) { entry, _ in entry["shape"] = [290, 31] },
    tensor(
      "a negative shape",
      " (header): `embeddings.word_embeddings.weight.shape[0]` should be at least 0, is -290"
    ) { entry, _ in entry["shape"] = [-290, -32] },
    tensor(
      "a shape in words",
      " (header): `embeddings.word_embeddings.weight.shape` should be an array, is \"290x32\""
    ) { entry, _ in entry["shape"] = "290x32" },
    tensor(
      "no shape",
      " (header): `embeddings.word_embeddings.weight.shape` is missing, should be an array"
    ) { entry, _ in entry["shape"] = nil },
    tensor(
      "another shape",
      ": tensor `embeddings.word_embeddings.weight` is [32, 290], should be [290, 32] by "
        + "config.json"
    ) { entry, _ in entry["shape"] = [32, 290] },
    tensor(
      "one dimension",
      ": tensor `embeddings.word_embeddings.weight` is [9280], should be [290, 32] by "
        + "config.json"
    ) { entry, _ in entry["shape"] = [9280] },
    tensor(
      "many dimensions",
      " (header): `embeddings.word_embeddings.weight.shape` has 100002 dimensions, should "
        + "have at most 8"
    ) { entry, _ in
      entry["shape"] = [290, 32] + [Int](repeating: 1, count: 100_000)
    },
    tensor(
      "an unknown type",
      " (header): `embeddings.word_embeddings.weight.dtype` should be one of BOOL, U8, I8, "
        + "F8_E5M2, F8_E4M3, F8_E8M0, F8_E5M2FNUZ, F8_E4M3FNUZ, U16, I16, F16, BF16, U32, I32, "
        + "F32, U64, I64, F64, C64, is \"F31\""
    ) { entry, _ in entry["dtype"] = "F31" },
    tensor(
      "whole numbers for weights",
      ": tensor `embeddings.word_embeddings.weight` is I32, should be F32, F16, BF16 or F64"
    ) { entry, _ in entry["dtype"] = "I32" },
    tensor(
      "a type of another size",
      ": tensor `embeddings.word_embeddings.weight` has 37120 bytes, F64 [290, 32] should "
        + "have 74240"
    ) { entry, _ in entry["dtype"] = "F64" },
    tensor(
      "no type",
      " (header): `embeddings.word_embeddings.weight.dtype` is missing, should be a string"
    ) { entry, _ in entry["dtype"] = nil },
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
    let result = try model.encode()
    // Either comes second: a JSON object has no order.
    let second = result.stderr.contains("self.key.weight`") ? "key" : "query"
    expectFailure(
      result,
      message: "\(model.path)/model.safetensors: tensor "
        + "`encoder.layer.0.attention.self.\(second).weight` overlaps another: begins at byte 50432 "
        + "of the data, should begin at 54528")
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
      var shape: [Int] = []
      try model.editTensors { tensors in
        shape = try #require(tensors[name]["shape"] as? [Int])
        tensors["other"] = tensors[name]
        tensors.header[name] = nil
      }
      // Biases of attention are read as a row of one matrix.
      if name.contains("attention.self"), shape.count == 1 { shape.insert(1, at: 0) }
      expectFailure(
        try model.encode(),
        message: "\(model.path)/\(Self.name): no tensor `\(name)`, which config.json's model_type "
          + "needs with the shape \(shape)")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
  func weightsThatAreNoNumbersGiveNoVector(_ value: Float) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { $0.fill(with: value) }
    expectFailure(
      try model.encode(),
      message: "stdin, line 1: its vector is not finite (a NaN or an infinity came out of the "
        + "model); look for NaN or overflowing weights in \(model.path)/model.safetensors")
    for (arguments, row) in [
      (["similarity", "a", "b"], "text 1"), (["encode", "--format", "npy"], "stdin, line 1"),
    ] {
      let result = try embedCommand(arguments + ["-m", model.path])(Array("a\n".utf8))
      expectFailure(
        result,
        message: "\(row): its vector is not finite (a NaN or an infinity came out of the "
          + "model); look for NaN or overflowing weights in \(model.path)/model.safetensors")
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
    expectFailure(
      try model.encode("the river\n\nthe cat\na\n"),
      message: "stdin, line 3: its vector is not finite (a NaN or an infinity came out of the "
        + "model); look for NaN or overflowing weights in \(model.path)/model.safetensors", rows: 2)
  }
}
