import HeapModule
package import ModelFiles

/// Byte pair encoding with fastBPE's files (FlauBERT, XLM, PhoBERT): symbols start as scalars, a word's
/// last one with `</w>` appended, and each round merges all occurrences of the best pair.
package struct FastBPE: TokenModel {
  /// How a vocabulary tells the end of a word: by `</w>` behind its last piece, or by `@@` behind all
  /// others.
  enum Spelling {
    case ended, continued
  }

  package let vocabulary: Vocabulary
  let unknown: UnknownToken
  private let spelling: Spelling
  /// Every symbol that a merge consumes or produces; other symbols are never merged.
  private let symbols: Vocabulary
  /// The index in `merges` for each pair.
  private let ranks: [UInt64: Int32]
  private let merges: [Merge]

  private struct Merge {
    let first, second, result: Int32
  }

  static let wordEnd = Array("</w>".utf8)
  private static let continuation = Array("@@".utf8)
  /// Numbers for a symbol without any merge, and for one that was merged into the symbol before it.
  private static let unmergeable: Int32 = -1
  private static let gone: Int32 = -2

  /// Reads `vocab`, `unk_token` and, as a string, the text of merges.txt.
  package init(_ json: JSON) throws {
    let vocabulary = try json.object("vocab")
    let unknown = try json.string("unk_token")
    try self.init(
      vocabulary: Vocabulary(vocabulary), merges: json.value("merges").bytes(), unknown: unknown)
  }

  /// - Parameters:
  ///   - merges: the text of merges.txt or bpe.codes, one pair a line, the best first.
  init(
    vocabulary: Vocabulary, merges: [UInt8], unknown: String, spelling: Spelling = .ended
  ) throws {
    (self.vocabulary, self.spelling) = (vocabulary, spelling)
    self.unknown = UnknownToken(unknown, in: self.vocabulary)
    var symbols = Vocabulary(capacity: self.vocabulary.count)
    var ranks: [UInt64: Int32] = [:]
    var list: [Merge] = []
    for (first, second) in Self.pairs(merges, spelling) {
      guard let rank = Int32(exactly: list.count) else { break }
      let merge = Merge(
        first: try symbols.number(of: first), second: try symbols.number(of: second),
        result: try symbols.number(of: first + second))
      // If two lines have the same pair, the last one counts.
      ranks[Self.key(merge.first, merge.second)] = rank
      list.append(merge)
    }
    self.symbols = symbols
    self.ranks = ranks
    self.merges = list
  }

  /// The first two columns of each line; the third is a count, which PhoBERT's code takes off in any case.
  /// Skips lines with fewer.
  private static func pairs(_ merges: [UInt8], _ spelling: Spelling) -> [([UInt8], [UInt8])] {
    merges.withUnsafeBytes { text in
      text.pythonLines(unterminated: false).compactMap { line in
        let line = UnsafeRawBufferPointer(rebasing: text[line])
        let columns = line.pythonWords()
        let isPair = spelling == .continued ? columns.count == 3 : columns.count >= 2
        return isPair ? (Array(line[columns[0]]), Array(line[columns[1]])) : nil
      }
    }
  }

  package var description: String {
    "fastBPE: \(vocabulary.count) pieces, \(merges.count) merges, unknown `\(unknown.name)`"
  }

  package func callAsFunction(_ piece: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    guard !piece.isEmpty else { return }
    try Self.checkCount(piece.count + Self.wordEnd.count, "bytes")
    var word = Word(piece)
    number(&word)
    unite(&word)
    try word.bytes.withUnsafeBytes { bytes in
      for index in word.symbols.indices where word.symbols[index] != Self.gone {
        let symbol = UnsafeRawBufferPointer(rebasing: bytes[word.range(of: index)])
        let isLast = Int(word.next[index]) == word.symbols.count
        ids.append(try id(of: symbol, isLast: isLast) ?? unknown(for: "a piece of a word"))
      }
    }
  }

  /// The id of a symbol, whose last one of a word ends in `</w>`.
  private func id(of symbol: UnsafeRawBufferPointer, isLast: Bool) -> Int32? {
    switch spelling {
    case .ended: return vocabulary.id(of: symbol)
    case .continued where isLast:
      return vocabulary.id(
        of: UnsafeRawBufferPointer(rebasing: symbol.dropLast(Self.wordEnd.count)))
    case .continued:
      return (Array(symbol) + Self.continuation).withUnsafeBytes(vocabulary.id)
    }
  }

  /// A word with `</w>` appended, as a doubly linked list of symbols.
  private struct Word {
    var bytes: [UInt8] = []
    var symbols: [Int32] = []
    /// The start of each symbol; the last entry is the end of the word.
    var starts: [Int32] = []
    /// The next symbol that is left; for the last one, the count.
    var next: [Int32] = []
    var previous: [Int32] = []

    init(_ piece: UnsafeRawBufferPointer) {
      bytes.append(contentsOf: piece)
      bytes.append(contentsOf: FastBPE.wordEnd)
      starts = piece.scalars().map { Int32(truncatingIfNeeded: $0.range.lowerBound) }
      symbols = [Int32](repeating: FastBPE.unmergeable, count: starts.count)
      next = starts.indices.map { Int32(truncatingIfNeeded: $0 + 1) }
      previous = starts.indices.map { Int32(truncatingIfNeeded: $0 - 1) }
      starts.append(Int32(truncatingIfNeeded: bytes.count))
    }

    func range(of index: Int) -> Range<Int> {
      Int(starts[index])..<Int(starts[Int(next[index])])
    }
  }

  private func number(_ word: inout Word) {
    word.bytes.withUnsafeBytes { bytes in
      for index in word.symbols.indices {
        let symbol = UnsafeRawBufferPointer(rebasing: bytes[word.range(of: index)])
        word.symbols[index] = symbols.id(of: symbol) ?? Self.unmergeable
      }
    }
  }

  /// Merges pairs, best first, and occurrences of a pair from left to right. A result is never part
  /// of another pair in the same round, since no pair contains its own result.
  private func unite(_ word: inout Word) {
    var queue = Heap<UInt64>()
    for index in word.symbols.indices { push(index, word, &queue) }
    var round: [Int] = []
    while let rank = queue.min.map({ $0 >> 32 }) {
      // Pairs that appear during a round wait for the next one, even if they rank better.
      round.removeAll(keepingCapacity: true)
      while let entry = queue.min, entry >> 32 == rank {
        round.append(Int(entry & 0xFFFF_FFFF))
        queue.removeMin()
      }
      for index in round { unite(merges[Int(rank)], at: index, &word, &queue) }
    }
  }

  /// Merges the pair at `first`, if it is still there.
  private func unite(
    _ merge: Merge, at first: Int, _ word: inout Word, _ queue: inout Heap<UInt64>
  ) {
    let second = Int(word.next[first])
    guard word.symbols[first] == merge.first, second < word.symbols.count,
      word.symbols[second] == merge.second
    else { return }
    word.symbols[first] = merge.result
    word.symbols[second] = Self.gone
    let after = Int(word.next[second])
    word.next[first] = word.next[second]
    if after < word.symbols.count { word.previous[after] = Int32(truncatingIfNeeded: first) }
    if word.previous[first] >= 0 { push(Int(word.previous[first]), word, &queue) }
    push(first, word, &queue)
  }

  /// Queues the pair at `index` if it has a merge: rank in the high bits, index in the low bits.
  private func push(_ index: Int, _ word: Word, _ queue: inout Heap<UInt64>) {
    let next = Int(word.next[index])
    guard next < word.symbols.count, word.symbols[index] >= 0, word.symbols[next] >= 0,
      let rank = ranks[Self.key(word.symbols[index], word.symbols[next])]
    else { return }
    queue.insert(Self.key(rank, Int32(truncatingIfNeeded: index)))
  }

  /// Packs two non-negative numbers into one.
  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }
}

extension Vocabulary {
  /// The number of a symbol; a new symbol gets the next number.
  fileprivate mutating func number(of symbol: [UInt8]) throws -> Int32 {
    try symbol.withUnsafeBytes { symbol in
      if let known = id(of: symbol) { return known }
      let number = Int32(truncatingIfNeeded: count)
      try insert(symbol, id: number)
      return number
    }
  }
}
