package import ModelFiles

/// Adds nothing: in the reference it changes which bytes of the text a token stands for.
package struct ByteLevelProcessing: PostProcessor {
  package init(_ json: JSON) throws {
    _ = try json.bool("add_prefix_space")
    _ = try json.bool("trim_offsets")
  }

  package var description: String { "ByteLevel: adds nothing" }

  package func addedIDs(toPair isPair: Bool) -> [Int32] { [] }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {}
}
