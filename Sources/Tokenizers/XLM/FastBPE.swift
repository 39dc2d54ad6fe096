import HeapModule
package import ModelFiles

/// Byte pair encoding as fastBPE's files have it (FlauBERT, XLM): symbols are scalars, the last of
/// a word with `</w>`, and in each round all occurrences of the best pair are united.
package struct FastBPE: TokenModel {
  package let vocabulary: Vocabulary
  private let unknown: UnknownToken
  /// Every symbol that a merge takes or makes; others are never part of a merge.
  private let symbols: Vocabulary
  /// The merge of each pair.
  private let ranks: [UInt64: Int32]
  private let merges: [Merge]

  private struct Merge {
    let first, second, result: Int32
  }

  private static let wordEnd = Array("</w>".utf8)
  /// The numbers of a symbol that no merge knows and of one that was united with its neighbour.
  private static let unmergeable: Int32 = -1
  private static let gone: Int32 = -2

  /// Reads `vocab`, `unk_token` and, as a string, the text of merges.txt.
  package init(_ json: JSON) throws {
    let vocabulary = try json.object("vocab")
    let unknown = try json.string("unk_token")
    try self.init(vocabulary: vocabulary, merges: json.value("merges").bytes(), unknown: unknown)
  }

  /// - Parameters:
  ///   - vocabulary: pieces and ids, as in vocab.json.
  ///   - merges: the text of merges.txt, a pair in each line, the best first.
  init(vocabulary: JSON, merges: [UInt8], unknown: String) throws {
    self.vocabulary = try Vocabulary(vocabulary)
    self.unknown = UnknownToken(unknown, in: self.vocabulary)
    var symbols = Vocabulary(capacity: self.vocabulary.count)
    var ranks: [UInt64: Int32] = [:]
    var list: [Merge] = []
    for (first, second) in Self.pairs(merges) {
      guard let rank = Int32(exactly: list.count) else { break }
      let merge = Merge(
        first: try symbols.number(of: first), second: try symbols.number(of: second),
        result: try symbols.number(of: first + second))
      // Of two lines with the same pair the last counts.
      ranks[Self.key(merge.first, merge.second)] = rank
      list.append(merge)
    }
    self.symbols = symbols
    self.ranks = ranks
    self.merges = list
  }

  /// The first two columns of each line; what has but one unites nothing. The third holds counts.
  private static func pairs(_ merges: [UInt8]) -> [([UInt8], [UInt8])] {
    merges.withUnsafeBytes { text in
      text.pythonLines(unterminated: false).compactMap { line in
        let line = UnsafeRawBufferPointer(rebasing: text[line])
        let columns = line.pythonWords()
        return columns.count < 2 ? nil : (Array(line[columns[0]]), Array(line[columns[1]]))
      }
    }
  }

  package var description: String {
    "fastBPE: \(vocabulary.count) pieces, \(merges.count) merges, unknown `\(unknown.name)`"
  }

  package func callAsFunction(_ piece: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    guard !piece.isEmpty else { return }
    var word = Word(piece)
    number(&word)
    unite(&word)
    try word.bytes.withUnsafeBytes { bytes in
      for index in word.symbols.indices where word.symbols[index] != Self.gone {
        let symbol = UnsafeRawBufferPointer(rebasing: bytes[word.range(of: index)])
        ids.append(try vocabulary.id(of: symbol) ?? unknown(for: "a piece of a word"))
      }
    }
  }

  /// A word with its end, cut into symbols that are linked to those beside them.
  private struct Word {
    var bytes: [UInt8] = []
    var symbols: [Int32] = []
    /// Where each symbol starts; the last entry is the end.
    var starts: [Int32] = []
    /// The next symbol that is not gone; after the last, the count.
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

  /// Unites pairs, the best first and of its occurrences the leftmost first. What a round unites is
  /// no part of another pair of that round, as a pair never holds its own result.
  private func unite(_ word: inout Word) {
    var queue = Heap<UInt64>()
    for index in word.symbols.indices { push(index, word, &queue) }
    var round: [Int] = []
    while let rank = queue.min.map({ $0 >> 32 }) {
      // What comes into being now waits for the next round, even if it is better.
      round.removeAll(keepingCapacity: true)
      while let entry = queue.min, entry >> 32 == rank {
        round.append(Int(entry & 0xFFFF_FFFF))
        queue.removeMin()
      }
      for index in round { unite(merges[Int(rank)], at: index, &word, &queue) }
    }
  }

  /// Unites the pair at `first`, if it is still there.
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

  /// Queues the pair that begins at `index`, if it has a merge: the rank above, the index below.
  private func push(_ index: Int, _ word: Word, _ queue: inout Heap<UInt64>) {
    let next = Int(word.next[index])
    guard next < word.symbols.count, word.symbols[index] >= 0, word.symbols[next] >= 0,
      let rank = ranks[Self.key(word.symbols[index], word.symbols[next])]
    else { return }
    queue.insert(Self.key(rank, Int32(truncatingIfNeeded: index)))
  }

  /// Two numbers of 0 or more as one.
  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }
}

extension Vocabulary {
  /// The number of a symbol: how many were there before it when it was first asked for.
  fileprivate mutating func number(of symbol: [UInt8]) throws -> Int32 {
    try symbol.withUnsafeBytes { symbol in
      if let known = id(of: symbol) { return known }
      let number = Int32(truncatingIfNeeded: count)
      try insert(symbol, id: number)
      return number
    }
  }
}
