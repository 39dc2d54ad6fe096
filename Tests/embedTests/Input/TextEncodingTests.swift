import TestSupport
import Testing

@testable import embed

@Suite struct TextEncodingTests {
  @Test(
    arguments: [
      ("utf-8", "utf-8"), ("UTF8", "utf-8"), ("latin1", "latin1"), ("Latin-1", "latin1"),
      ("ISO-8859-1", "iso-8859-1"), ("windows-1252", "windows-1252"), ("cp1252", "cp1252"),
      ("utf_16", "utf-16"), ("utf-16le", "utf-16le"), ("shift_jis", "shift_jis"),
    ])
  func namesAreThoseOfIconvAndPython(_ word: String, _ name: String) throws {
    #expect(try TextEncoding.named(word).name == name)
  }

  @Test(arguments: ["", "klingon", "latin1//TRANSLIT", "utf-8/", "-"])
  func otherNamesAreRefused(_ word: String) {
    #expect(
      thrown { _ = try TextEncoding.named(word) }.contains(
        "known are utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be and what `iconv -l` lists"
      ))
  }

  @Test(
    arguments: [
      ("latin1", [0x63, 0x61, 0x66, 0xE9, 0x0A], ["café"]),
      ("windows-1252", [0x93, 0x61, 0x94, 0x0D, 0x0A, 0x80], ["“a”", "€"]),
      ("utf-16", [0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x3D, 0xD8, 0, 0xDE], ["a", "😀"]),
      ("utf-16be", [0, 0x61, 0, 0x0D, 0, 0x62], ["a", "b"]),
      ("shift_jis", [0x94, 0x4C, 0x0A], ["猫"]),
    ] as [(String, [UInt8], [String])])
  func textIsConverted(_ encoding: String, _ bytes: [UInt8], _ rows: [String]) throws {
    let folder = try ScratchFolder()
    let encoding = try TextEncoding.named(encoding)
    for (name, bytes) in [("f", bytes), ("f.gz", gzipped(bytes))] {
      var reader = try RowReader([folder.write(name, bytes)], as: TextFormat(encoding: encoding))
      #expect(try reader.window()?.map(brief) == rows)
    }
  }

  @Test func charactersMayBeCutBetweenReads() throws {
    // Three bytes a character and no line end: any buffer ends in the middle of one.
    let folder = try ScratchFolder()
    let text = String(repeating: "猫", count: 100_001)
    let bytes = Array(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    let path = try folder.write("f", [0x61, 0, 0x0A, 0] + bytes)
    let encoding = try TextEncoding.named("utf-16le")
    var reader = try RowReader([path], as: TextFormat(encoding: encoding))
    var rows: [String] = []
    while let window = try reader.window() { rows += window.map(brief) }
    #expect(rows == ["a", text])
  }

  @Test func whatIsInAnotherEncodingIsToldOfAfterTheRowsBeforeIt() throws {
    let folder = try ScratchFolder()
    let advice = "; give the file's own encoding with --encoding"
    for (encoding, bytes, rows, message) in [
      (
        "utf-16le", [0x61, 0, 0x0A, 0, 0, 0xD8, 0x61, 0], ["a"],
        "line 2: not utf-16le (byte 0x0 at offset 4)"
      ),
      ("utf-16le", [0x61, 0, 0x0A, 0, 0x62], ["a"], "line 2: the file ends inside a character"),
      (
        "windows-1252", [0x61, 0x0A, 0x81], ["a"],
        "line 2: not windows-1252 (byte 0x81 at offset 2)"
      ),
    ] as [(String, [UInt8], [String], String)] {
      let path = try folder.write("f", bytes)
      var found: [String] = []
      let said = thrown {
        var reader = try RowReader([path], as: TextFormat(encoding: TextEncoding.named(encoding)))
        while let window = try reader.window() { found += window.map(brief) }
      }
      #expect(found == rows)
      #expect(said == "\(path), \(message)\(advice)")
    }
  }

  @Test(
    arguments: [
      ([0x63, 0x61, 0x66, 0xE9], "latin1"), ([0x61, 0x61, 0x93, 0x62, 0x62, 0x94], "windows-1252"),
      (Array("Gr".utf8) + [0xF6, 0xDF] + Array("e und mehr".utf8), "latin1"),
      (Array("caf\u{E9} ".utf8) + [0xE9], nil), ([0xB0, 0xA1, 0xB3, 0xAA], nil), ([0xE9], nil),
    ] as [([UInt8], String?)])
  func europeanTextIsGuessed(_ bytes: [UInt8], _ name: String?) {
    #expect(bytes.withUnsafeBytes(TextEncoding.guess) == name)
  }
}
