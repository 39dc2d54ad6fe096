import Embeddings

/// Documents of which only so many tokens count (`max_tokens_per_doc`).
extension Service {
  // Between two looks at whether the client is still there, and at what else waits.
  private static let bytesAtOnce = 1 << 16

  /// As much of each text as so many of its tokens cover.
  /// - Parameter most: fewer than the model reads
  func beginnings(
    of texts: [[UInt8]], tokens most: Int, _ model: ServedModel
  ) async throws -> [[UInt8]] {
    var (beginnings, since) = ([[UInt8]](), 0)
    for text in texts {
      let (beginning, read) = try beginning(of: text, tokens: most, model)
      beginnings.append(beginning)
      since += read
      guard since > Self.bytesAtOnce else { continue }
      since = 0
      try Task.checkCancellation()
      await Task.yield()
    }
    return beginnings
  }

  /// - Returns: also how many bytes were looked at
  private func beginning(
    of text: [UInt8], tokens most: Int, _ model: ServedModel
  ) throws -> (beginning: [UInt8], read: Int) {
    guard text.count > most else { return (text, 0) }
    var (length, read) = (8 * most + 1024, 0)
    while true {
      // A text of which more would be read than anybody is told the tokens of is cut there.
      let part = text.beginning(min(length, TokenEndpoints.mostBytes))
      read += part.count
      let pieces = try tokens(of: part, withSpecials: false, promptName: nil, model)
      // Where a text is cut its last tokens may be others: half of them are far enough from there.
      let isEnough = part.count == text.count || pieces.count / 2 > most
      guard isEnough || part.count + 4 > TokenEndpoints.mostBytes else {
        length *= 4
        continue
      }
      guard pieces.count > most else { return (part, read) }
      // Of some tokens it is not known where they are: the last one before of which it is counts.
      let stop = pieces[..<most].lazy.reversed().compactMap(\.stop).first
      return (stop.map(text.beginning) ?? part, read)
    }
  }
}

extension [UInt8] {
  /// The first bytes of UTF-8, without a part of a character at their end.
  fileprivate func beginning(_ most: Int) -> [UInt8] {
    guard most < count else { return self }
    var end = Swift.max(0, most)
    while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(self[..<end])
  }
}
