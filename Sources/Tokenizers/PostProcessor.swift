package import ModelFiles

/// Adds special tokens to the ids of a text or of a pair of texts. The last of the four stages of a
/// tokenizer.
package protocol PostProcessor: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  /// The ids that are added to a text or to a pair; they count toward a limit.
  /// - Throws: if tokenizer.json does not say what becomes of a pair.
  func addedIDs(toPair isPair: Bool) throws -> [Int32]
  /// Works on a pair only if `addedIDs(toPair: true)` does not throw.
  func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool)
}
