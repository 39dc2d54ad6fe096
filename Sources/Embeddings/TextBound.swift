import ModelFiles

/// What bounds the work and the memory of one text, whatever a model says of its length.
///
/// A model may state no limit, and then reads texts of any length, as the reference does. But the
/// work of attention grows with the square of the tokens: a line of 16 MB would take hours.
struct TextBound {
  /// A · T², the scores of one layer's attention, at most: 32,768 tokens with 32 heads, which is what
  /// the largest embedding models read, and ten minutes of work in twelve layers on two cores. The
  /// reference, which keeps all scores, needs 137 GB for as many.
  static let mostScores = 1 << 35

  /// A, the heads of attention; 0 where there is none.
  let heads: Int
  /// The bytes that a token takes at once.
  let rowBytes: Int

  // Of one thread: four times what the widest model known (8192 and 53,248) needs for 512 tokens.
  private static let mostBatchBytes = 1 << 30

  /// The most tokens that go through the model together; a text of more goes alone.
  var batchTokens: Int { max(1, Self.mostBatchBytes / max(1, rowBytes)) }

  /// The most tokens of a text that attention is computed for.
  var tokens: Int {
    heads == 0 ? .max : Int((Double(Self.mostScores) / Double(heads)).squareRoot())
  }

  /// - Throws: where a text has more tokens than that, or too many for the memory there may be.
  func check(_ count: Int) throws {
    guard count <= tokens else {
      throw FileError(
        "the text has \(count) tokens, and attention with \(heads) heads is computed for \(tokens) at "
          + "most; cut it (--max-length \(tokens)), or read it in chunks (encode --long chunk)")
    }
    try MemoryBound.check(count, rowBytes, for: "the text, of \(count) tokens,")
  }
}
