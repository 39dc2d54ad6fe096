package import ModelFiles

/// Writes each byte of the text as a character of GPT-2's byte alphabet.
package struct ByteLevelNormalizer: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "ByteLevel: bytes as characters" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in ByteAlphabet.standard.append(source, to: &output) }
  }
}
