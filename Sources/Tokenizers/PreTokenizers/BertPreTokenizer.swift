package import ModelFiles

/// Words between white space; each punctuation mark is a word of its own.
package struct BertPreTokenizer: PreTokenizer {
  private enum Kind: UInt8 {
    case letter, space, punctuation, beyondASCII
  }

  private let traits = ScalarTraits.table
  private let kinds: [Kind]

  package init(_ json: JSON) {
    let traits = traits
    kinds = (0...255).map { (byte: UInt8) in
      byte < 0x80 ? Self.kind(of: traits[UInt32(byte)]) : .beyondASCII
    }
  }

  package var description: String {
    "BertPreTokenizer: split at white space and around punctuation"
  }

  private static func kind(of traits: ScalarTraits) -> Kind {
    if traits.contains(.whitespace) { return .space }
    return traits.contains(.punctuation) ? .punctuation : .letter
  }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    kinds.withUnsafeBufferPointer { kinds in
      preTokens.split { bytes, words in
        var start = 0
        var position = 0
        while position < bytes.count {
          let first = position
          var kind = kinds[Int(bytes[first])]
          position += 1
          if kind == .beyondASCII {
            let (scalar, end) = bytes.scalar(at: first)
            kind = Self.kind(of: traits[scalar])
            position = end
          }
          if kind == .letter { continue }
          words.append(start..<first)
          if kind == .punctuation { words.append(first..<position) }
          start = position
        }
        words.append(start..<bytes.count)
      }
    }
  }
}
