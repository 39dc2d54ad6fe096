package import ModelFiles

/// Removes control characters or replaces them with spaces, as SentencePiece does.
package struct Nmt: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "Nmt: control characters removed or replaced with spaces" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewriteEach { source, output in
      for (scalar, range) in source.scalars() {
        if Self.isSpaceLike(scalar) {
          output.append(0x20)
        } else if !Self.vanishes(scalar) {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[range]))
        }
      }
    }
  }

  private static func vanishes(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: true
    default: false
    }
  }

  private static func isSpaceLike(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: true
    default: false
    }
  }
}
