import TestSupport
import Testing

@testable import ModelFiles

/// A GGUF file that is put together from parts.
private struct MadeGGUF {
  var version: UInt32 = 3
  var keys: [[UInt8]] = []
  var tensors: [[UInt8]] = []
  var counts: (tensors: UInt64, keys: UInt64)?
  var data = [UInt8](repeating: 1, count: 64)
  var alignment = 32

  static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian, Array.init)
  }

  static func text(_ text: String, length: UInt64? = nil) -> [UInt8] {
    number(length ?? UInt64(text.utf8.count)) + text.utf8
  }

  static func key(_ name: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    text(name) + number(type) + value
  }

  static func tensor(
    _ name: String, _ shape: [UInt64], type: UInt32 = 0, at offset: UInt64 = 0
  ) -> [UInt8] {
    text(name) + number(UInt32(shape.count)) + shape.flatMap(number) + number(type) + number(offset)
  }

  var bytes: [UInt8] {
    let counts = counts ?? (UInt64(tensors.count), UInt64(keys.count))
    var bytes = Array("GGUF".utf8) + Self.number(version) + Self.number(counts.tensors)
    bytes += Self.number(counts.keys) + keys.joined() + tensors.joined()
    bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    return bytes + data
  }
}

@Suite struct GGUFFileTests {
  private typealias Made = MadeGGUF

  private func file(_ made: MadeGGUF) throws -> GGUFFile {
    let folder = try ScratchFolder()
    return try GGUFFile(folder.write("m.gguf", made.bytes))
  }

  @Test func keysAndTensorsAreAsWritten() throws {
    var made = MadeGGUF()
    made.keys = [
      Made.key("a", 4, Made.number(UInt32(7))), Made.key("b", 5, Made.number(Int32(-7))),
      Made.key("c", 6, Made.number(Float(0.5).bitPattern)), Made.key("d", 7, [1]),
      Made.key("e", 8, Made.text("é")),
      Made.key(
        "f", 9, Made.number(UInt32(8)) + Made.number(UInt64(2)) + Made.text("x") + Made.text("")),
      Made.key("g", 9, Made.number(UInt32(1)) + Made.number(UInt64(3)) + [255, 0, 1]),
      Made.key("h", 12, Made.number((-2.5).bitPattern)),
      Made.key("general.alignment", 4, Made.number(UInt32(8))),
    ]
    made.alignment = 8
    made.tensors = [
      Made.tensor("w", [3, 2]), Made.tensor("h", [4], type: 1, at: 24),
      Made.tensor("q", [32, 1], type: 8, at: 24),
    ]
    let file = try file(made)
    #expect(try file.int("a") == 7 && file.int("b") == -7 && file.int("x") == nil)
    #expect(try file.double("c") == 0.5 && file.double("h") == -2.5 && file.bool("d") == true)
    #expect(try file.string("e") == "é" && file.strings("f") == [Array("x".utf8), []])
    #expect(try file.numbers("g") == [-1, 0, 1])
    let w = try #require(file.tensors["w"])
    #expect(w.shape == [2, 3] && w.type == .f32 && w.range.count == 24 && w.blocks == nil)
    #expect(file.tensors["h"]?.type == .f16 && file.tensors["h"]?.range.count == 8)
    #expect(file.tensors["q"]?.blocks == .q80 && file.tensors["q"]?.range.count == 34)
    for (key, read) in [
      ("a", { _ = try file.string("a") }), ("e", { _ = try file.int("e") }),
      ("f", { _ = try file.numbers("f") }), ("g", { _ = try file.strings("g") }),
      ("c", { _ = try file.bool("c") }),
    ] as [(String, () throws -> Void)] {
      let error = #expect(throws: FileError.self) { try read() }
      #expect(error?.description.contains("`\(key)` is ") == true, "\(error?.description ?? "")")
    }
  }

  private static let most = UInt64.max
  private static let big = UInt64(1) << 63

  private static let damaged: [(name: String, made: MadeGGUF, message: String)] = {
    func with(_ change: (inout MadeGGUF) -> Void) -> MadeGGUF {
      var made = MadeGGUF()
      change(&made)
      return made
    }
    func key(_ bytes: [UInt8]) -> MadeGGUF { with { $0.keys = [bytes] } }
    func tensor(_ bytes: [UInt8]) -> MadeGGUF { with { $0.tensors = [bytes] } }
    let one = Made.number(UInt64(1))
    return [
      ("version 1", with { $0.version = 1 }, "version 1 of GGUF"),
      ("big endian", with { $0.version = 0x0300_0000 }, "their high bytes first"),
      (
        "2^63 tensors", with { $0.counts = (big, 0) },
        "says that it has 9223372036854775808 tensors"
      ),
      ("2^64 - 1 keys", with { $0.counts = (0, most) }, "keys; at most"),
      ("more keys than there are", with { $0.counts = (0, 9) }, ""),
      ("more tensors than there are", with { $0.counts = (9, 0) }, ""),
      ("a key of terabytes", key(Made.text("k", length: 1 << 42)), "cut short: a text at byte"),
      ("a key of 2^64 - 1 bytes", key(Made.text("k", length: most)), "cut short: a text at byte"),
      ("a text of terabytes", key(Made.key("k", 8, Made.number(UInt64(1) << 42))), "cut short"),
      (
        "a list of 2^63", key(Made.key("k", 9, Made.number(UInt32(0)) + Made.number(big))),
        "cut short: key `k`"
      ),
      (
        "a list of 2^61 texts",
        key(Made.key("k", 9, Made.number(UInt32(8)) + Made.number(UInt64(1) << 61))), "cut short"
      ),
      (
        "a list of lists", key(Made.key("k", 9, Made.number(UInt32(9)) + one)),
        "of type 9, which are not read"
      ),
      ("an unknown type", key(Made.key("k", 77, one)), "of type 77, which is not known"),
      (
        "a key that is no text",
        key(Made.number(UInt64(1)) + [0xFF] + Made.number(UInt32(7)) + [1]), "UTF-8"
      ),
      (
        "a key twice", with { $0.keys = [Made.key("k", 7, [1]), Made.key("k", 7, [0])] },
        "`k` is there twice"
      ),
      (
        "alignment 3", key(Made.key("general.alignment", 4, Made.number(UInt32(3)))),
        "should be a power of two"
      ),
      (
        "alignment 0", key(Made.key("general.alignment", 4, Made.number(UInt32(0)))),
        "should be a power of two"
      ),
      (
        "alignment of a text", key(Made.key("general.alignment", 8, Made.text("x"))),
        "should be a whole number"
      ),
      (
        "nine dimensions", tensor(Made.tensor("w", [1, 1, 1, 1, 1, 1, 1, 1, 1])), "has 9 dimensions"
      ),
      ("a dimension of 2^63", tensor(Made.tensor("w", [big])), "too large"),
      ("dimensions that overflow", tensor(Made.tensor("w", [1 << 40, 1 << 40])), "too large"),
      (
        "an unknown tensor type", tensor(Made.tensor("w", [4], type: 99)),
        "of type 99, which is not read"
      ),
      (
        "Q2_K", tensor(Made.tensor("w", [256], type: 10)),
        "of type Q2_K, which is not read; read are F32"
      ),
      (
        "rows that are no blocks", tensor(Made.tensor("w", [33], type: 8)),
        "rows should be of 32 numbers"
      ),
      ("beyond the end", tensor(Made.tensor("w", [17])), "has 68 bytes from byte 0 of the data on"),
      ("from beyond the end", tensor(Made.tensor("w", [1], at: 1 << 40)), "the file is cut short"),
      ("from 2^64 - 32", tensor(Made.tensor("w", [1], at: most - 31)), "the file is cut short"),
      ("not aligned", tensor(Made.tensor("w", [1], at: 4)), "should at a multiple of 32"),
      (
        "a tensor twice", with { $0.tensors = [Made.tensor("w", [1]), Made.tensor("w", [1])] },
        "is there twice"
      ),
    ]
  }()

  @Test(arguments: damaged.indices) func damageIsNamed(_ index: Int) throws {
    let (name, made, message) = Self.damaged[index]
    let error = #expect(throws: FileError.self, "\(name)") { try file(made) }
    #expect(error?.description.contains(message) == true, "\(name): \(error?.description ?? "")")
  }

  @Test func whereverItIsCutOffItIsSaid() throws {
    let bytes = try ScratchFolder.bytes(of: Fixture.path("gguf/xlm-roberta.gguf"))
    let folder = try ScratchFolder()
    for count in Array(0..<400) + Array(stride(from: 400, to: bytes.count - 1, by: 997)) {
      let path = try folder.write("cut.gguf", bytes.prefix(count))
      #expect(throws: FileError.self, "\(count)") { try GGUFFile(path) }
    }
  }
}
