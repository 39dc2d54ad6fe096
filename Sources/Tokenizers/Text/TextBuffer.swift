/// A UTF-8 text that normalizers rewrite, and a second buffer that each rewriting fills.
package struct TextBuffer: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var spare: [UInt8] = []
  /// How many bytes at the beginning, whole characters, come from the first character of the text
  /// as it was given.
  package private(set) var startCount = 0
  /// What regular expressions may still cost on all texts that this buffer holds in turn.
  package var regexBudget = RegexBudget()

  /// How long normalizers and pre-tokenizers may make these texts.
  private(set) var growth = TextGrowth()

  package init() {}

  /// Whether the first byte comes from the first character of the text as it was given.
  package var startsText: Bool { startCount > 0 }

  /// Replaces the contents by a copy of `text`, reusing the memory.
  package mutating func set(_ text: UnsafeRawBufferPointer, startsText: Bool) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    regexBudget.add(text.count)
    growth.begin(text.count)
    startCount = startsText && !text.isEmpty ? text.scalar(at: 0).end : 0
  }

  /// Sets how many bytes count as the start of the text, rounded up to a whole character.
  mutating func begin(_ count: Int) {
    startCount = min(count, bytes.count)
    while startCount > 0, startCount < bytes.count, bytes[startCount] & 0xC0 == 0x80 {
      startCount += 1
    }
  }

  /// Replaces the text by what `body` writes: it reads the first, appends to the second. The first
  /// character of the result begins the text, if one did, unless `begin` says otherwise.
  package mutating func rewrite(
    _ body: (UnsafeRawBufferPointer, inout [UInt8]) throws -> Void
  ) rethrows {
    var output: [UInt8] = []
    swap(&output, &spare)
    output.removeAll(keepingCapacity: true)
    // Few texts change their length, and those by little.
    output.reserveCapacity(bytes.count + 16)
    try bytes.withUnsafeBytes { try body($0, &output) }
    spare = bytes
    bytes = output
    growth.note(bytes.count)
    begin(min(startCount, 1))
  }

  /// The same where each character becomes something for itself: what those become that began the
  /// text begins the new one.
  package mutating func rewriteEach(
    _ body: (UnsafeRawBufferPointer, inout [UInt8]) throws -> Void
  ) rethrows {
    let old = startCount
    var new = 0
    try rewrite { source, output in
      try body(UnsafeRawBufferPointer(rebasing: source[..<old]), &output)
      new = output.count
      output.removeAll(keepingCapacity: true)
      try body(source, &output)
    }
    begin(new)
  }
}
