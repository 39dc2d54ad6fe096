import Testing

@testable import Tokenizers

@Suite struct ScalarsTests {
  @Test func everyScalarGoesThereAndBack() {
    for value in UInt32(0)..<0x110000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var bytes: [UInt8] = []
      bytes.append(scalar: value)
      #expect(bytes.elementsEqual(UTF8.encode(scalar) ?? .init()))
      bytes.withUnsafeBytes {
        #expect($0.scalar(at: 0) == (value, bytes.count))
        #expect($0.scalar(before: bytes.count) == (value, 0))
      }
    }
  }

  @Test(arguments: [[0xFF], [0x80], [0xC3], [0xF4, 0xBF, 0xBF, 0xBF], [0xE4, 0xB8]])
  func whatIsNoUTF8IsAReplacement(bytes: [UInt8]) {
    bytes.withUnsafeBytes { #expect($0.scalar(at: 0).value == 0xFFFD) }
  }
}
