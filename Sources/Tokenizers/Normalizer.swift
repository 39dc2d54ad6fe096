package import ModelFiles

/// Rewrites text before it is split. The first of the four stages of a tokenizer.
package protocol Normalizer: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  func callAsFunction(_ text: inout TextBuffer) throws
}
