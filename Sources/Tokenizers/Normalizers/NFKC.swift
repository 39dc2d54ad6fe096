package import ModelFiles

/// Compatibility decomposition, then canonical composition, by Unicode 9.
package struct NFKC: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "NFKC" }

  package func callAsFunction(_ text: inout TextBuffer) { NormalizationForm.nfkc(&text) }
}
