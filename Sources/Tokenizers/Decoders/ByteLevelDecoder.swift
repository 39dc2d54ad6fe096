package import ModelFiles

/// Reads the characters of GPT-2's byte alphabet as bytes; tokens with others stay as they are.
package struct ByteLevelDecoder: TokenDecoder {
  private static let bytes: [UInt32: UInt8] = {
    var bytes: [UInt32: UInt8] = [:]
    for byte in UInt8.min...UInt8.max {
      var code: [UInt8] = []
      withUnsafeBytes(of: byte) { ByteAlphabet.standard.append($0, to: &code) }
      code.withUnsafeBytes { bytes[$0.scalar(at: 0).value] = byte }
    }
    return bytes
  }()

  package init(_ json: JSON) {}

  init() {}

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    var text: [UInt8] = []
    for token in tokens.list {
      let read = token.withUnsafeBytes { $0.scalars().map { Self.bytes[$0.value] } }
      text += read.contains(nil) ? token : read.compactMap { $0 }
    }
    try tokens.replace([text.repaired])
  }
}

extension [UInt8] {
  /// The same as valid UTF-8, with U+FFFD for what is not.
  var repaired: [UInt8] { Array(String(decoding: self, as: UTF8.self).utf8) }
}
