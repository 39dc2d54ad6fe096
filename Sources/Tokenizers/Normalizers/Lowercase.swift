package import ModelFiles

/// Lower case, each scalar for itself: Σ becomes σ even at the end of a word, and İ becomes i̇.
package struct Lowercase: Normalizer {
  private let mapping = ScalarMapping.lowercase

  package init(_ json: JSON) {}

  init() {}

  package var description: String { "Lowercase" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewriteEach { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        if byte < 0x80 {
          output.append(byte &- 65 < 26 ? byte | 0x20 : byte)
          position += 1
        } else {
          let (scalar, end) = source.scalar(at: position)
          mapping(scalar) { output.append(scalar: $0) }
          position = end
        }
      }
    }
  }
}
