package import ModelFiles

/// Decoders one after the other.
package struct DecoderSequence: TokenDecoder {
  private let parts: [any TokenDecoder]

  package init(_ json: JSON) throws { parts = try json.parts("decoders").map(Decoders.make) }

  init(_ parts: [any TokenDecoder]) { self.parts = parts }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    for part in parts { try part(&tokens) }
  }
}
