package import ModelFiles

/// Adds nothing: in the reference it changes which bytes of the text a token stands for.
package struct ByteLevelProcessing: PostProcessor {
  /// Whether the spaces at its ends are no part of what a token stands for.
  let trimsSpaces: Bool

  package init(_ json: JSON) throws {
    _ = try json.bool("add_prefix_space")
    trimsSpaces = try json.bool("trim_offsets")
  }

  package var description: String { "ByteLevel: adds nothing" }

  package func addedIDs(toPair isPair: Bool) -> [Int32] { [] }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {}
}
