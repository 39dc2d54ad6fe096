import ModelFiles
import TestSupport
import Testing

/// The bytes of a safetensors file with this header, in truth or as `length` claims.
func safetensors(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return prefix + header.utf8 + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
}

struct SafetensorsTests {
  /// Opens a folder with these bytes as its `model.safetensors`, called `F` in messages.
  private func message(_ bytes: [UInt8]) throws -> String? {
    let folder = try ScratchFolder()
    let path = try folder.write("model.safetensors", bytes)
    return failure { try TensorFile(folder: folder.path) }.map { text in
      text.hasPrefix(path) ? "F" + text.dropFirst(path.count) : text
    }
  }

  static let header = #"""
    {"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
    "b":{"dtype":"BF16","shape":[1],"data_offsets":[24,26]},
    "s":{"dtype":"F64","shape":[],"data_offsets":[26,34],"more":[]},
    "e":{"dtype":"I64","shape":[0,5],"data_offsets":[34,34]}}
    """#

  @Test func tensorsLieWhereTheHeaderSays() throws {
    let folder = try ScratchFolder()
    try folder.write("model.safetensors", safetensors(Self.header, data: 34))
    let file = try TensorFile(folder: folder.path)
    #expect(file.names == ["b", "e", "s", "w"])
    #expect(file.files.map(\.path) == ["\(folder.path)/model.safetensors"])
    let w = try #require(file["w"])
    #expect(w.type == .f32 && w.shape == [2, 3] && w.count == 6 && w.name == "w")
    #expect(try w.withBytes { Array($0) } == Array(0..<24))
    let start = 8 + Self.header.utf8.count
    #expect(w.range == start..<start + 24)
    #expect(w.isMapped(alignedTo: 4) == (start % 4 == 0))
    #expect(w.isMapped(alignedTo: 1) && !w.isMapped(alignedTo: 0))
    #expect(file["s"]?.count == 1 && file["s"]?.shape == [])
    #expect(try file["s"]?.withBytes { Array($0) } == Array(26..<34))
    #expect(try file["e"]?.count == 0 && file["e"]?.withBytes { $0.count } == 0)
    #expect(file["x"] == nil)
    try file.checkIntact()
  }

  @Test(arguments: [
    ("{}", 0), ("  {} \n", 0), (#"{"__metadata__":null}"#, 0), (#"{"__metadata__":{}}"#, 0),
    (#"{"":{"dtype":"U8","shape":[1,1,1,1,1,1,1,2],"data_offsets":[0,2]}}"#, 2),
    (
      #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[1,2]},"#
        + #""b":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, 2
    ),
  ])
  func unusualFilesAreRead(_ header: String, _ data: Int) throws {
    #expect(try message(safetensors(header, data: data)) == nil)
  }

  @Test(
    arguments: [
      ([], "F has 0 bytes, a safetensors file at least 8"),
      ([1, 2, 3, 4, 5, 6, 7], "F has 7 bytes, a safetensors file at least 8"),
      (
        safetensors("{}", data: 0, length: 3),
        "F says its header has 3 bytes, should be at most 2; it is cut short or no safetensors file"
      ),
      (
        safetensors("{}", data: 0, length: .max),
        "F says its header has 18446744073709551615 bytes, should be at most 2; "
          + "it is cut short or no safetensors file"
      ),
      (
        safetensors("{}", data: 0, length: 0),
        "F (header): line 1, column 1: expected a value, found the end of the text"
      ),
      (
        safetensors("{} x", data: 0),
        "F (header): line 1, column 4: expected the end of the text, found `x`"
      ),
      (safetensors("[]", data: 0), "F (header) should be an object, is an array"),
      (safetensors("{}", data: 5), "F has 5 bytes after its last tensor, should have none"),
      (
        Array("version https://git-lfs.github.com/spec/v1\n".utf8),
        "F is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`"
      ),
      (
        Array("<!doctype html>".utf8),
        "F is a web page, not the file itself: its download failed; fetch it again"
      ),
    ] as [([UInt8], String)])
  func brokenFilesAreNamed(_ bytes: [UInt8], _ expected: String) throws {
    #expect(try message(bytes) == expected)
  }

  @Test func theHeaderHasALimit() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      "model.safetensors", safetensors("{}", data: 0, length: 100_000_001))
    try #require(extend(path, to: 200_000_000))
    #expect(
      failure { try TensorFile(folder: folder.path) }
        == "\(path) says its header has 100000001 bytes, should be at most 100000000; "
        + "it is cut short or no safetensors file")
  }

  /// Entries for a file with 8 bytes of data, and what is wrong with them.
  static let wrongEntries = [
    (#""w":1"#, "(header): `w` should be an object, is 1"),
    (
      #""w":{"shape":[2],"data_offsets":[0,8]}"#,
      "(header): `w.dtype` is missing, should be a string"
    ),
    (
      #""w":{"dtype":"F32","data_offsets":[0,8]}"#,
      "(header): `w.shape` is missing, should be an array"
    ),
    (
      #""w":{"dtype":"F32","shape":[2]}"#,
      "(header): `w.data_offsets` is missing, should be an array"
    ),
    (
      #""w":{"dtype":"F32","shape":[2],"data_offsets":[0]}"#,
      "(header): `w.data_offsets` has 1 numbers, should have 2"
    ),
    (
      #""w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}"#,
      "(header): `w.shape[0]` should be a whole number, is 2.0"
    ),
    (
      #""w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}"#,
      "(header): `w.shape[0]` should be at least 0, is -2"
    ),
    (
      #""w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}"#,
      "(header): `w.data_offsets[0]` should be at least 0, is -8"
    ),
    (
      #""w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#,
      "(header): `w.data_offsets` is [8, 0], should be in order and at most 8, "
        + "the bytes after the header; the file may be cut short"
    ),
    (
      #""w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}"#,
      "(header): `w.data_offsets` is [0, 12], should be in order and at most 8, "
        + "the bytes after the header; the file may be cut short"
    ),
    (
      #""w":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}"#,
      ": tensor `w` is too large: F32 [9223372036854775807, 2]"
    ),
    (
      #""w":{"dtype":"F32","shape":[1,3],"data_offsets":[0,8]}"#,
      ": tensor `w` has 8 bytes, F32 [1, 3] should have 12"
    ),
    (
      #""w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}"#,
      "(header): `w.shape` has 9 dimensions, should have at most 8"
    ),
    (
      #""w":{"dtype":"F32","dtype":"F64","shape":[2],"data_offsets":[0,8]}"#,
      "(header): `w.dtype` is there twice"
    ),
    (
      #""w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#,
      "has 4 bytes after its last tensor, should have none"
    ),
    (
      #""w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#,
      ": tensor `w` leaves a gap: begins at byte 4 of the data, should begin at 0"
    ),
    (
      #""w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#,
      ": tensor `v` overlaps another: begins at byte 0 of the data, should begin at 4"
    ),
    (
      #""w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""v":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}"#,
      ": tensor `v` leaves a gap: begins at byte 5 of the data, should begin at 4"
    ),
    (
      #""w\n":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""w\u000a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#,
      #": tensor `"w\n"` is there twice"#
    ),
    (#""__metadata__":1"#, "(header): `__metadata__` should be an object, is 1"),
    (#""__metadata__":{"a":1}"#, "(header): `__metadata__.a` should be a string, is 1"),
    (#""__metadata__":{},"__metadata__":{}"#, "(header): `__metadata__` is there twice"),
  ]

  @Test(arguments: wrongEntries)
  func wrongEntriesAreNamed(_ entries: String, _ expected: String) throws {
    let message = try message(safetensors("{\(entries)}", data: 8))
    #expect(message == (expected.hasPrefix(":") ? "F" : "F ") + expected)
  }

  @Test(arguments: ["F33", "f32", "F4", "F6_E2M3", ""])
  func unknownTypesAreNamed(_ type: String) throws {
    let entry = "{\"w\":{\"dtype\":\"\(type)\",\"shape\":[2],\"data_offsets\":[0,8]}}"
    let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
    #expect(
      try message(safetensors(entry, data: 8))
        == "F (header): `w.dtype` should be one of \(known), is \"\(type)\"")
  }

  @Test(arguments: ElementType.allCases)
  func typesHaveTheSizeInTheirName(_ type: ElementType) {
    let bits = Int(type.rawValue.drop { $0.isLetter }.prefix { $0.isNumber })
    #expect(type.byteCount * 8 == bits ?? 8)
  }

  @Test func canonicallyEquivalentNamesAreDifferentTensors() throws {
    let folder = try ScratchFolder()
    let header =
      "{\"\u{E9}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
      + "\"e\u{301}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}"
    try folder.write("model.safetensors", safetensors(header, data: 2))
    let file = try TensorFile(folder: folder.path)
    #expect(try file["\u{E9}"]?.withBytes { Array($0) } == [0])
    #expect(try file["e\u{301}"]?.withBytes { Array($0) } == [1])
  }

  /// Headers that would cost memory or depth.
  @Test func headersHaveBounds() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      try message(safetensors(deep, data: 0))
        == "F (header): line 1, column 129: nested deeper than 128 levels, the most allowed")
    let rank =
      #"{"w":{"dtype":"U8","data_offsets":[0,1],"shape":[1"#
      + String(repeating: ",1", count: 99_999) + "]}}"
    #expect(
      try message(safetensors(rank, data: 1))
        == "F (header): `w.shape` has 100000 dimensions, should have at most 8")
    let many = (0...100_000).map { "\"\($0)\":0" }.joined(separator: ",")
    #expect(
      try message(safetensors("{\(many)}", data: 0))
        == "F has 100001 tensors, should be at most 100000")
  }

  @Test func aHeaderIsUTF8() throws {
    let folder = try ScratchFolder()
    var bytes = safetensors(#"{"w":{}}"#, data: 0)
    bytes[10] = 0xFF
    try folder.write("model.safetensors", bytes)
    #expect(failure { try TensorFile(folder: folder.path) }?.contains("UTF-8") == true)
  }

  /// Numbers are nobody's business here; a vector that is none is found at the end.
  @Test func notANumberIsAnElementAsAnyOther() throws {
    let folder = try ScratchFolder()
    let header = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let bytes = safetensors(header, data: 0) + little(Float.nan.bitPattern)
    try folder.write("model.safetensors", bytes + little(Float.infinity.bitPattern))
    let file = try TensorFile(folder: folder.path)
    #expect(try file["w"]?.withBytes { Array($0.suffix(4)) } == [0, 0, 0x80, 0x7F])
  }

  @Test func everyPrefixIsAnError() throws {
    let bytes = safetensors(Self.header, data: 34)
    for end in bytes.indices { #expect(try message(Array(bytes[..<end])) != nil, "\(end) bytes") }
  }

  @Test func everyChangedByteIsReadOrRefused() throws {
    let folder = try ScratchFolder()
    let bytes = safetensors(Self.header, data: 34)
    for index in bytes.indices {
      for change in [0x01, 0x04, 0x10, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] ^= change
        try folder.write("model.safetensors", changed)
        guard let file = try? TensorFile(folder: folder.path) else { continue }
        for name in file.names {
          let tensor = try #require(file[name])
          #expect(try tensor.withBytes { $0.count } == tensor.count * tensor.type.byteCount)
        }
      }
    }
  }
}
