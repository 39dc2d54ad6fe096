import Embeddings
import ModelFiles
import Tokenizers

/// A document that is read in passages: each as long as there is room beside the query, one behind
/// the other, parted between words where there are any.
struct Passages {
  private let pair: TextPair
  private let route: PairRoute

  // About what a token takes of a text in English; where it is less, the search finds it.
  private static let bytesPerToken = 4
  // Of a token: its id and its segment, which are copied once for batches.
  private static let bytesHeld = 16
  // A passage may lack this share of its length in full: a closer search costs more than it saves.
  private static let slack = 16

  init(_ pair: TextPair, _ route: PairRoute) { (self.pair, self.route) = (pair, route) }

  /// The tokens of each passage with the query.
  /// - Throws: where the query leaves no room for a document
  func encodings() throws -> [PairEncoding] {
    let whole = try route.encoding(of: pair.query, pair.document)
    guard whole.isTruncated, let limit = route.limit else { return [whole] }
    var (start, found, tokens) = (0, [PairEncoding](), 0)
    while start < pair.document.count {
      try Interrupt.check()
      let passage = try next(from: start, limit)
      found.append(passage.encoding)
      tokens += passage.encoding.encoding.ids.count
      // Each has the whole query, beside which there may be little room.
      try MemoryBound.check(
        tokens, Self.bytesHeld, for: "reading a document in \(found.count) passages")
      start = passage.end
    }
    return found
  }

  /// The longest passage from there on, about: doubles the length until it does not fit, then halves
  /// what is between.
  private func next(from start: Int, _ limit: Int) throws -> (encoding: PairEncoding, end: Int) {
    let count = pair.document.count
    var fitting: (encoding: PairEncoding, end: Int)?
    var (tooFar, size) = (count + 1, Self.bytesPerToken * limit)
    while let end = self.end(
      around: start + size, after: fitting?.end ?? start, before: tooFar, fitting != nil)
    {
      let encoding = try route.encoding(of: pair.query, Array(pair.document[start..<end]))
      if encoding.isTruncated { tooFar = end } else { fitting = (encoding, end) }
      let known = fitting?.end ?? start
      if known == count { break }
      if tooFar > count {
        size *= 2
      } else if fitting != nil, tooFar - known <= (known - start) / Self.slack {
        break
      } else {
        size = known - start + (tooFar - known) / 2
      }
    }
    guard let fitting else {
      throw FileError(
        "the query leaves no room for a document below the limit of \(limit) tokens; shorten it, or "
          + "let it be cut (--long cut)")
    }
    return fitting
  }

  /// A place between two others where a passage may end: behind the last white space up to `most`,
  /// else the first after it; else behind a character, unless an end is known that parts no word.
  private func end(around most: Int, after low: Int, before high: Int, _ isKnown: Bool) -> Int? {
    let text = pair.document
    if most >= text.count, text.count < high { return text.count }
    let most = min(most, high - 1)
    func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x0A, 0x09, 0x0D].contains(byte) }
    if let space = text[low..<max(low, most)].lastIndex(where: isSpace) { return space + 1 }
    let later = text[max(low, most)..<max(low, most, high - 1)].firstIndex(where: isSpace)
    if isKnown { return later.map { $0 + 1 } }
    func begins(_ index: Int) -> Bool { index == text.count || text[index] & 0xC0 != 0x80 }
    let last = (low + 1..<max(low + 1, most + 1)).last(where: begins)
    let end = last ?? (low + 1...text.count).first(where: begins) ?? text.count
    return end < high ? end : nil
  }
}
