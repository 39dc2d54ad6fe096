extension UnsafeRawBufferPointer {
  /// Where the extended grapheme cluster (Unicode Standard Annex #29) that begins at `position`
  /// ends. Swift 6.3 has Unicode 17 for it, as the reference; both were compared for all scalars.
  func clusterEnd(from position: Int) -> Int {
    var (scalar, end) = scalar(at: position)
    // Most of a text, CR LF aside: two characters of ASCII.
    if scalar < 0x80, scalar != 0x0D, end < count, self[end] < 0x80 { return end }
    var recognizer = Unicode._CharacterRecognizer()
    _ = recognizer.hasBreak(before: Unicode.Scalar(scalar) ?? "\u{FFFD}")
    while end < count {
      let next: Int
      (scalar, next) = self.scalar(at: end)
      if recognizer.hasBreak(before: Unicode.Scalar(scalar) ?? "\u{FFFD}") { break }
      end = next
    }
    return end
  }
}
