package import ModelFiles

/// Normalizers one after the other.
package struct NormalizerSequence: Normalizer {
  let parts: [any Normalizer]

  package init(_ json: JSON) throws {
    parts = try json.array("normalizers").elements.map(Normalizers.make)
  }

  init(_ parts: [any Normalizer]) { self.parts = parts }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  /// - Throws: if the parts together blow the text up: each may, a little, and a file can list
  ///   any number of them.
  package func callAsFunction(_ text: inout TextBuffer) throws {
    let (most, overflow) = text.bytes.count.multipliedReportingOverflow(by: 32)
    for part in parts {
      try part(&text)
      guard overflow || text.bytes.count <= most + 65_536 else {
        throw FileError(
          "the normalizers make more than 32 bytes of each byte; is tokenizer.json intact?")
      }
    }
  }
}
