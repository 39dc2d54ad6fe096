package import ModelFiles

/// Splits text at a character, which is removed.
package struct CharDelimiterSplit: PreTokenizer {
  private let delimiter: Unicode.Scalar

  package init(_ json: JSON) throws {
    let scalars = try json.string("delimiter").unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else {
      throw FileError(
        "\(json.name): `\(json.path).delimiter` has \(scalars.count) characters, should have one")
    }
    delimiter = first
  }

  package var description: String { "CharDelimiterSplit: split at `\(delimiter)`" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split(.removed) { $0 == delimiter.value }
  }
}
