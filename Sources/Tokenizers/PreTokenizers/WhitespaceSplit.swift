package import ModelFiles

/// Splits text at white space, which is removed.
package struct WhitespaceSplit: PreTokenizer {
  private let traits = ScalarTraits.table

  package init(_ json: JSON) {}

  package var description: String { "WhitespaceSplit: split at white space" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split(.removed) { traits[$0].contains(.whitespace) }
  }
}
