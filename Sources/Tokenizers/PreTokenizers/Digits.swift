package import ModelFiles

/// Splits text around numbers: digits of any script, and numerals such as ½ and Ⅷ.
package struct Digits: PreTokenizer {
  private let individual: Bool
  private let traits = PatternTraits.table

  package init(_ json: JSON) throws { individual = try json.bool("individual_digits") }

  package var description: String {
    individual ? "Digits: split around each digit" : "Digits: split around numbers"
  }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split(individual ? .isolated : .contiguous) { traits[$0].contains(.numeric) }
  }
}
