import ModelFiles
import Testing

@Suite struct ChecksumTests {
  private func checksum(_ bytes: [UInt8], parts: Int) -> UInt32 {
    var checksum = Checksum()
    for start in stride(from: 0, to: bytes.count, by: parts) {
      bytes[start..<min(start + parts, bytes.count)].withUnsafeBytes { checksum.update($0) }
    }
    return checksum.value
  }

  // Python's zlib.crc32.
  @Test(
    arguments: [
      ([], 0), (Array("a".utf8), 0xE8B7_BE43), (Array("123456789".utf8), 0xCBF4_3926),
      ((0..<1000).map { UInt8($0 & 255) }, 0x74E3_FB41),
    ] as [([UInt8], UInt32)])
  func itIsThatOfOthersHoweverBytesCome(bytes: [UInt8], expected: UInt32) {
    for parts in [1, 7, 8, 9, 1000] { #expect(checksum(bytes, parts: parts) == expected) }
  }
}
