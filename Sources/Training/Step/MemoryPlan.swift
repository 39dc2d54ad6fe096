/// How a batch goes through the network so that it fits into memory. The result is the same to the
/// bit, whichever way is taken.
package enum MemoryPlan: Sendable, Equatable {
  /// All parts of a batch keep what the way back needs.
  case whole
  /// Parts go twice: first for their vectors alone, then, once the loss has its derivatives, each
  /// there and back (Gao et al., 2021: gradient caching).
  case cached
  /// The same, and layers keep their input alone (Chen et al., 2016: checkpointing).
  case recomputed

  /// What is known of a model's memory.
  package struct Needs: Sendable {
    /// A token's way through the network, kept for the way back, and how many layers share it.
    let bytesPerToken: Int, depth: Int
    /// A text's vector with its derivatives, in the columns and by themselves.
    let bytesPerText: Int
    /// The derivatives of all weights that are dense.
    let gradientBytes: Int

    package init(bytesPerToken: Int, bytesPerText: Int = 0, depth: Int, gradientBytes: Int) {
      (self.bytesPerToken, self.depth) = (bytesPerToken, depth)
      (self.bytesPerText, self.gradientBytes) = (bytesPerText, gradientBytes)
    }
  }

  /// - Parameters:
  ///   - tokens: of the whole batch
  ///   - part: of its largest part
  ///   - texts: of the whole batch
  ///   - free: what may still be taken
  ///   - workers: parts that are under way at a time
  package init(
    tokens: Int, part: Int, texts: Int = 0, free: Int, workers: Int, _ needs: Needs
  ) {
    // Whatever the way, all texts' vectors are there together.
    let vectors = texts.multipliedReportingOverflow(by: needs.bytesPerText)
    let free = vectors.overflow ? 0 : free - vectors.partialValue
    self =
      if Self.bytes(tokens, part, workers, needs, .whole) <= free {
        .whole
      } else if Self.bytes(
        tokens, part, workers, needs, .cached) <= free
      { .cached } else { .recomputed }
  }

  /// The bytes that a batch needs on this way, about; the largest number where there are more.
  package static func bytes(
    _ tokens: Int, _ part: Int, _ workers: Int, _ needs: Needs, _ plan: MemoryPlan
  ) -> Int {
    let perToken = Double(needs.bytesPerToken)
    let kept =
      switch plan {
      case .whole: Double(tokens) * perToken
      case .cached: Double(workers * part) * perToken
      // Each layer's input, and one layer's inside.
      case .recomputed: Double(workers * part) * perToken * (1 / 16 + 1 / Double(needs.depth))
      }
    // The way back needs some of a layer's size again, and a derivative of all weights for each
    // part under way beside their sum.
    let total = kept * 1.1 + Double(needs.gradientBytes) * Double(workers + 1)
    return total < 0x1p62 ? Int(total) : .max
  }
}
