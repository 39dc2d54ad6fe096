/// A normalizer that keeps a text, but for stretches that it knows.
protocol EditingNormalizer: Normalizer {
  /// What it does to a text, from left to right.
  func edits(of text: TextBuffer) throws -> [TextEdit]
}

extension Normalizer {
  /// Normalizes a text and keeps account of where its bytes come from.
  func callAsFunction(_ text: inout TextBuffer, _ origins: inout Origins) throws {
    if let sequence = self as? NormalizerSequence {
      for part in sequence.parts {
        try part(&text, &origins)
        try text.growth.check()
      }
    } else if let editing = self as? any EditingNormalizer {
      let edits = try editing.edits(of: text)
      try self(&text)
      origins = origins.edited(edits)
    } else {
      let old = text.bytes
      try self(&text)
      guard text.bytes != old else { return }
      var alignment = CharacterAlignment(of: self, from: old, to: text.bytes, origins)
      origins = try alignment.origins()
    }
  }
}
