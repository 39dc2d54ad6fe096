package import ModelFiles

/// Normalizers one after the other.
package struct NormalizerSequence: Normalizer {
  let parts: [any Normalizer]

  package init(_ json: JSON) throws {
    parts = try json.array("normalizers").elements.map(Normalizers.make)
  }

  init(_ parts: [any Normalizer]) { self.parts = parts }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  /// - Throws: if the parts together make the text too long.
  package func callAsFunction(_ text: inout TextBuffer) throws {
    let limit = NormalizationLimit(text.bytes.count)
    for part in parts {
      try part(&text)
      try limit.check(text.bytes.count)
    }
  }
}
