import Foundation
import ModelFiles
import Testing

@testable import Tokenizers

/// A charsmap of three units that count, in a block: the root, which leads to block 0; the
/// character `a`; its value.
@Suite struct CharsmapTests {
  private struct Blob {
    var size: UInt32?
    var units = [UInt32](repeating: 0xFF, count: 512)
    var strings = Array("xyz\0é".utf8)

    init() {
      // The root is 0; its children are at 0x100 ^ label.
      units[0] = 0x100 << 10
      units[0x161] = (0x161 ^ 0x140) << 10 | 0x100 | 0x61
      units[0x140] = 0x8000_0001
    }

    func charsmap() throws -> Charsmap {
      let words = [size ?? UInt32(units.count * 4)] + units
      let bytes = words.flatMap { word in (0..<4).map { UInt8(word >> ($0 * 8) & 255) } } + strings
      return try Charsmap(JSON.of("\"\(Data(bytes).base64EncodedString())\""))
    }
  }

  private func rule(_ text: String, _ charsmap: Charsmap) -> String? {
    Array(text.utf8).withUnsafeBytes { charsmap.rule($0) }.map { range in
      charsmap.withString(range) { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test func theShortestRuleIsFound() throws {
    let charsmap = try Blob().charsmap()
    #expect(rule("a", charsmap) == "yz")
    #expect(rule("ab", charsmap) == "yz")
    #expect(rule("b", charsmap) == nil)
    #expect(rule("", charsmap) == nil)
    #expect(rule("\0a", charsmap) == nil)
  }

  @Test func aStringMayEndWithTheBlobAndBeEmpty() throws {
    var blob = Blob()
    blob.units[0x140] = 0x8000_0004
    #expect(rule("a", try blob.charsmap()) == "é")
    blob.units[0x140] = 0x8000_0006
    #expect(rule("a", try blob.charsmap()) == "")
  }

  @Test(arguments: [5, 7, 0x7FFF_FFFF] as [UInt32])
  func aValueBeyondOrWithinACharacterIsRefused(value: UInt32) {
    var blob = Blob()
    blob.units[0x140] = value
    #expect(throws: FileError.self) { try blob.charsmap() }
  }

  @Test(
    arguments: [
      (0, 0x200 << 10), (0, 0xFFFF_FC00), (0, 0xFFFF_FE00), (0x161, 0x3FF << 10 | 0x61),
      (0x161, 0xFFFF << 10 | 0x361), (0x161, 0x1F_FFFF << 10 | 0x61),
    ] as [(Int, UInt32)])
  func aStepBeyondTheUnitsIsRefused(unit: Int, value: UInt32) {
    var blob = Blob()
    blob.units[unit] = value
    #expect(throws: FileError.self) { try blob.charsmap() }
  }

  @Test(arguments: [2_056, 4_000_000, UInt32.max])
  func aSizeBeyondTheBlobIsRefused(size: UInt32) {
    var blob = Blob()
    blob.size = size
    #expect(throws: FileError.self) { try blob.charsmap() }
  }

  @Test func theRootMayBeItsOwnChild() throws {
    var blob = Blob()
    // `a` leads from it to itself; its value is at 0 ^ 0x61.
    blob.units[0] = 0x61 << 10 | 0x100 | 0x61
    blob.units[0x61] = 0x8000_0001
    #expect(rule("aaa", try blob.charsmap()) == "yz")
    blob.units[0x61] = 0x7FFF_FFFF
    #expect(throws: FileError.self) { try blob.charsmap() }
  }

  @Test func circlesEnd() throws {
    var blob = Blob()
    blob.units[0x140] = 0x8000_0000
    blob.units[0x121] = (0x121 ^ 0x100) << 10 | 0x21
    #expect(rule("!!!!!!!!a", try blob.charsmap()) == "xyz")
  }

  @Test(arguments: [
    "\"\"", "\"AAA\"", "\"AAAA\"", "\"AAAAAA==\"", "\"A\"", "\"AAAA AAAA\"", "null", "[]",
    "\"////\"",
  ])
  func whatIsNoBlobIsRefused(json: String) {
    #expect(throws: FileError.self) { try Charsmap(JSON.of(json)) }
  }

  @Test func stringsThatAreNoTextAreRefused() {
    var blob = Blob()
    blob.strings = [0x61, 0x62, 0x63, 0xFF]
    #expect(throws: FileError.self) { try blob.charsmap() }
  }
}
