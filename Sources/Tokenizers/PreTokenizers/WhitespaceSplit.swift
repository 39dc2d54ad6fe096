package import ModelFiles

/// What lies between white space.
package struct WhitespaceSplit: PreTokenizer {
  private let traits = ScalarTraitsTable.measured

  package init(_ json: JSON) {}

  package var description: String { "WhitespaceSplit: split at white space" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split(.removed) { traits[$0].contains(.whitespace) }
  }
}
