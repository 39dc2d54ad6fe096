package import ModelFiles

/// Lowercases each scalar separately: Σ becomes σ even at the end of a word, and İ becomes i̇.
package struct Lowercase: Normalizer {
  private let mapping = ScalarMapping.lowercase

  package init(_ json: JSON) {}

  init() {}

  package var description: String { "Lowercase" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewriteEach { source, output in
      for (scalar, _) in source.scalars() { mapping.appendLowercase(scalar, to: &output) }
    }
  }
}
