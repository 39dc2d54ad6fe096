package import ModelFiles

/// Compatibility decomposition, by Unicode 9.
package struct NFKD: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "NFKD" }

  package func callAsFunction(_ text: inout TextBuffer) { NormalizationForm.nfkd(&text) }
}
