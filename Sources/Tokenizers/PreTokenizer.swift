package import ModelFiles

/// Splits normalized text into words. The second of the four stages of a tokenizer.
package protocol PreTokenizer: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  func callAsFunction(_ preTokens: inout PreTokenizedText) throws
}
