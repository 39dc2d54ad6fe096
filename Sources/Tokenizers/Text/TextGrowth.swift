import ModelFiles

/// How long a tokenizer may make a text: each of its normalizers and pre-tokenizers may, a little,
/// and a file lists many.
struct TextGrowth: Sendable {
  /// The bytes of the texts so far, as they were.
  private var given = 0
  /// The most bytes that each text before this one had on its way, summed.
  private var taken = 0
  /// The same of this text.
  private var longest = 0

  // A short text may become a long one, as a prefix makes it; a long one need not: byte-level
  // alphabets after a decomposition of Hangul make the most of it, six times as much.
  private var most: Int { min(32 * given + 65_536, 8 * given + 64 << 20) - taken }

  /// Begins another text of as many bytes.
  mutating func begin(_ count: Int) {
    taken += longest
    given += count
    longest = count
  }

  /// Notes how long the text became.
  mutating func note(_ count: Int) { longest = max(longest, count) }

  /// - Throws: if the text is longer than allowed, or would be with `count` bytes.
  func check(_ count: Int = 0) throws {
    guard max(longest, count) <= most else {
      throw FileError(
        "the tokenizer makes a text longer than \(most) bytes on its way to tokens; check "
          + "`normalizer` and `pre_tokenizer`")
    }
  }
}
