import Foundation
import Testing

@testable import Tokenizers

@Suite struct Base64Tests {
  private func decoded(_ text: String) -> [UInt8]? {
    Array(text.utf8).withUnsafeBytes(base64Decoded)
  }

  @Test func everyLengthGoesThereAndBack() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 83 + length) }
      #expect(decoded(Data(bytes).base64EncodedString()) == bytes)
    }
  }

  @Test(arguments: ["A", "AA=A", "=", "====", "AAA==", "AB==", "AAB=", "AA\n==", "A-A_", "é"])
  func whatIsNoneIsNil(text: String) { #expect(decoded(text) == nil) }
}
