package import ModelFiles

/// Makes characters of runs of tokens `<0x00>` to `<0xFF>`; a run that is no UTF-8 becomes as many
/// U+FFFD as it has bytes.
package struct ByteFallbackDecoder: TokenDecoder {
  package init(_ json: JSON) {}

  init() {}

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    var list: [[UInt8]] = []
    var run: [UInt8] = []
    func finish() {
      guard !run.isEmpty else { return }
      if String(validating: run, as: UTF8.self) != nil {
        list.append(run)
      } else {
        list += repeatElement(Array("\u{FFFD}".utf8), count: run.count)
      }
      run = []
    }
    for token in tokens.list {
      if let byte = Self.byte(of: token) {
        run.append(byte)
      } else {
        finish()
        list.append(token)
      }
    }
    finish()
    try tokens.replace(list)
  }

  /// The byte that a token stands for. As the reference's, digits may be lower case, and one alone
  /// have a sign.
  static func byte(of token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: Array("<0x".utf8)), token[5] == 0x3E,
      token[3] != 0x2D
    else { return nil }
    return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
  }
}
