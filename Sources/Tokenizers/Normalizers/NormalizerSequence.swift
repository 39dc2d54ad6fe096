package import ModelFiles

/// Normalizers one after the other.
package struct NormalizerSequence: Normalizer {
  let parts: [any Normalizer]

  package init(_ json: JSON) throws {
    parts = try json.parts("normalizers").map(Normalizers.make)
  }

  init(_ parts: [any Normalizer]) { self.parts = parts }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  /// - Throws: if the parts together make the text too long.
  package func callAsFunction(_ text: inout TextBuffer) throws {
    for part in parts {
      try part(&text)
      try text.growth.check()
    }
  }
}
