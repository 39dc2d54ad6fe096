package import ModelFiles

/// Canonical decomposition, then composition, by Unicode 9.
package struct NFC: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "NFC" }

  package func callAsFunction(_ text: inout TextBuffer) { NormalizationForm.nfc(&text) }
}
