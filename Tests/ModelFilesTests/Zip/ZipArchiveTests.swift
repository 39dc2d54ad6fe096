import ModelFiles
import TestSupport
import Testing

@Suite struct ZipArchiveTests {
  /// One text, packed in four ways (scripts/fixture_writers/sparse_and_late.py).
  private static let packed = Fixture.path("vectors/sparse/packed.zip")
  private static let text = (0..<400).flatMap {
    Array("\($0 * $0 % 97) lines, \($0) of them again and again\n".utf8)
  }

  private func read(_ archive: [UInt8], _ name: String, most: Int = 1 << 20) throws -> [UInt8]? {
    try archive.withUnsafeBytes {
      try ZipArchive($0, name: "F").withFile(name, most: most) { Array($0) }
    }
  }

  @Test(arguments: ["stored", "fixed", "codes", "literals"])
  func whatIsPackedIsUnpacked(name: String) throws {
    let archive = try readFile(Self.packed, limit: 1 << 20)
    #expect(try read(archive, name) == Self.text)
  }

  @Test func whatIsNotThereOrTooLargeIsNot() throws {
    let archive = try readFile(Self.packed, limit: 1 << 20)
    #expect(try read(archive, "other") == nil)
    #expect(
      failure { try read(archive, "codes", most: 9) }
        == "F: `codes` in the archive has 15025 bytes, at most 9 are taken")
  }

  @Test func aByteThatIsAnotherIsNoticed() throws {
    let archive = try readFile(Self.packed, limit: 1 << 20)
    var samples = Samples(seed: 3)
    // Where the first file's header and the directory are, any change is an archive's.
    let ends = archive.count - 300
    for _ in 0..<100 {
      var changed = archive
      changed[60 + samples.int(below: ends - 60)] ^= UInt8(1 << samples.int(below: 8))
      // Each file is either what it was or refused.
      for name in ["stored", "fixed", "codes", "literals"] {
        let found = try? read(changed, name)
        #expect(found == nil || found == Self.text)
      }
    }
  }

  @Test func anyBytesEnd() throws {
    var samples = Samples(seed: 4)
    for length in 0..<400 {
      var file = ZipBytes.File(name: "x", bytes: samples.bytes(length), method: 8)
      file.size = UInt32(1 + samples.int(below: 5000))
      (file.storedSize, file.ownSize) = (UInt32(length), .max)
      let archive = ZipBytes(files: [file]).bytes
      #expect(failure { try read(archive, "x") }?.contains("is damaged") == true)
    }
  }
}
