package import ModelFiles

/// One of Unicode's normalization forms, by Unicode 9.
package struct UnicodeForm: Normalizer {
  package let description: String
  private let form: NormalizationForm

  /// Reads `type`: NFC, NFD, NFKC or NFKD.
  package init(_ json: JSON) throws {
    description = try json.string("type")
    form =
      switch description {
      case "NFC": .nfc
      case "NFD": .nfd
      case "NFKC": .nfkc
      default: .nfkd
      }
  }

  package func callAsFunction(_ text: inout TextBuffer) { form(&text) }
}
