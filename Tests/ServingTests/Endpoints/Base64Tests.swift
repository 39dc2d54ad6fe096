import Foundation
import Testing

@testable import Serving

@Suite struct Base64Tests {
  @Test func isThatOfFoundation() {
    for count in Array(0...50) + Array(3060...3080) + [6144, 10_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 5) }
      var text = Array("x".utf8)
      bytes.withUnsafeBytes { text.appendBase64($0) }
      #expect(
        String(decoding: text, as: UTF8.self) == "x" + Data(bytes).base64EncodedString(),
        "\(count) bytes")
    }
  }

  @Test func numbersAreLittleEndian() {
    var text: [UInt8] = []
    [1, -2.5 as Float].withUnsafeBufferPointer { text.appendBase64($0) }
    #expect(String(decoding: text, as: UTF8.self) == "AACAPwAAIMA=")
  }
}
