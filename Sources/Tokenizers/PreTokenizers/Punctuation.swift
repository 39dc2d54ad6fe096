package import ModelFiles

/// Splits at punctuation, which is what BERT takes for it.
package struct Punctuation: PreTokenizer {
  private let behavior: SplitBehavior
  private let traits = ScalarTraits.table

  package init(_ json: JSON) throws {
    behavior = try json["behavior"].map { try SplitBehavior($0) } ?? .isolated
  }

  package var description: String { "Punctuation: \(behavior.rawValue)" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split(behavior) { traits[$0].contains(.punctuation) }
  }
}
