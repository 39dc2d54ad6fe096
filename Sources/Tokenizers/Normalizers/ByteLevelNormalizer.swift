package import ModelFiles

/// Text in GPT-2's alphabet of bytes.
package struct ByteLevelNormalizer: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "ByteLevel: bytes as characters" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in ByteAlphabet.standard.append(source, to: &output) }
  }
}
