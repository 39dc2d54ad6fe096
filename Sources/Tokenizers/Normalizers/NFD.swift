package import ModelFiles

/// Canonical decomposition, by Unicode 9.
package struct NFD: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "NFD" }

  package func callAsFunction(_ text: inout TextBuffer) { NormalizationForm.nfd(&text) }
}
