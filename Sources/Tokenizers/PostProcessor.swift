package import ModelFiles

/// Adds special tokens to the ids of a text. The last of the four stages of a tokenizer.
package protocol PostProcessor: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  /// What is added to a single text: so many tokens less of it fit below a limit.
  var addedIDs: [Int32] { get }
  func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool)
}
