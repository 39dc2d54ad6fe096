/// One pass over a text that replaces `find` by `put` where its neighbours are as asked: what
/// Python's `re.sub` does with the pattern `(before)find(after)`. A match takes its neighbours with
/// it, so that none of them belongs to another match.
struct Rewrite: Sendable {
  typealias Test = @Sendable (UInt32) -> Bool

  private let find: [UInt8]
  private let put: [UInt8]
  private let before: Test?
  private let after: Test?

  /// - Parameters:
  ///   - find: not empty.
  ///   - before: what the scalar before must be; nil if it is not looked at.
  init(_ find: String, _ put: String, before: Test? = nil, after: Test? = nil) {
    precondition(!find.isEmpty, "nothing to find")
    self.find = Array(find.utf8)
    self.put = Array(put.utf8)
    self.before = before
    self.after = after
  }

  func callAsFunction(_ text: inout TextBuffer) {
    // Most texts lack the rarest byte of most patterns, which tends to be the last.
    guard text.bytes.contains(find[find.count - 1]) else { return }
    text.rewrite { source, output in
      // All before is done, and part of no other match.
      var done = 0
      var position = 0
      while position + find.count <= source.count {
        guard source[position] == find[0],
          let end = match(at: position, from: done, in: source)
        else {
          position += 1
          continue
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[done..<position]))
        output.append(contentsOf: put)
        let found = position + find.count
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[found..<end]))
        done = end
        position = end
      }
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[done...]))
    }
  }

  /// Where the match ends whose `find` is at `position`, and which begins at `start` or later.
  private func match(
    at position: Int, from start: Int, in source: UnsafeRawBufferPointer
  ) -> Int? {
    for index in 1..<find.count where source[position + index] != find[index] { return nil }
    if let before {
      guard position > start, before(source.scalar(before: position).value) else { return nil }
    }
    let end = position + find.count
    guard let after else { return end }
    guard end < source.count else { return nil }
    let (scalar, afterEnd) = source.scalar(at: end)
    return after(scalar) ? afterEnd : nil
  }
}

extension TextBuffer {
  /// Replaces each run of spaces (U+0020 alone) by one.
  mutating func collapseSpaces() {
    rewrite { source, output in
      var previous: UInt8 = 0
      for byte in source {
        if byte != 0x20 || previous != 0x20 { output.append(byte) }
        previous = byte
      }
    }
  }

  /// Takes white space off both ends, as `str.strip` does.
  mutating func stripPythonSpace() {
    let kept = bytes.withUnsafeBytes { $0.pythonStripped() }
    guard kept.count < bytes.count else { return }
    rewrite { source, output in
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[kept]))
    }
  }
}
