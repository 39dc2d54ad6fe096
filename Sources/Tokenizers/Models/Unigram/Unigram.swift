package import ModelFiles

/// The pieces of a word whose scores, logarithms of probabilities, have the largest sum
/// (Kudo, 2018).
package struct Unigram: TokenModel {
  package let vocabulary: Vocabulary
  package let pieceCount: Int
  private let trie: Trie
  /// The score of the piece with each id.
  private let scores: [Double]
  let unknownID: Int32?
  private let unknownScore: Double
  /// The pieces `<0x00>` to `<0xFF>`, -1 where one is missing; nil if they are not wanted.
  private let byteIDs: [Int32]?

  /// In the worst case each byte of a text takes as many steps as the longest piece has bytes.
  /// SentencePiece makes pieces of 16 characters.
  private static let longestPiece = 1_024

  package init(_ json: JSON) throws {
    let list = try json.array("vocab")
    var vocabulary = Vocabulary(capacity: list.count)
    var scores: [Double] = []
    scores.reserveCapacity(list.count)
    // Of scores that come from a SentencePiece model (see `SentencePieceFile`), not from text.
    let areExact = try json.bool("exact_scores", default: false)
    for element in list.elements {
      let score = try Self.insert(
        element, id: Int32(truncatingIfNeeded: scores.count), &vocabulary, isExact: areExact)
      scores.append(score)
    }
    guard vocabulary.longest <= Self.longestPiece else {
      throw FileError(
        "\(json.name): `\(list.path)` has a piece of \(vocabulary.longest) bytes, "
          + "at most \(Self.longestPiece) are supported")
    }
    unknownID = try Self.unknownID(json, count: scores.count)
    // The reference's penalty, which is SentencePiece's.
    unknownScore = (scores.min() ?? .infinity) - 10
    byteIDs =
      try json["byte_fallback"]?.bool() == true
      ? vocabulary.byteIDs : nil
    trie = try Trie(vocabulary)
    pieceCount = scores.count
    self.scores = scores
    self.vocabulary = vocabulary
  }

  package var description: String {
    let unknown = unknownID.map { "unknown id \($0)" } ?? "no unknown id"
    return "Unigram: \(vocabulary.count) pieces, " + unknown
      + (byteIDs == nil ? "" : ", unknown characters as bytes")
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    try Self.checkCount(word.count, "bytes")
    try withUnsafeTemporaryAllocation(of: Step.self, capacity: word.count + 1) { best in
      best.initialize(repeating: Step())
      try trie.withSteps { steps in
        try scores.withUnsafeBufferPointer { try fill(best, word, steps, $0) }
      }
      try appendPath(to: word.count, best, word, into: &ids)
    }
  }

  /// The best way to reach a position.
  private struct Step {
    var score: Double = 0
    /// Where its last piece starts; -1 while there is no way.
    var start: Int32 = -1
    /// Its last piece.
    var id: Int32 = 0
  }

  /// Finds the best path to each position. Of several as good as each other the one whose last
  /// piece starts first, of those the shortest; sums are taken as the reference takes them.
  private func fill(
    _ best: UnsafeMutableBufferPointer<Step>, _ word: UnsafeRawBufferPointer, _ steps: Trie.Steps,
    _ scores: UnsafeBufferPointer<Double>
  ) throws {
    var start = 0
    while start < word.count {
      let soFar = best[start].score
      let afterScalar = word[start] < 0x80 ? start + 1 : word.scalar(at: start).end
      var hasScalar = false
      var node = 0
      var end = start
      while end < word.count {
        node = steps(node, word[end])
        if node == 0 { break }
        end += 1
        let id = steps.id(node)
        if id < 0 { continue }
        if end == afterScalar { hasScalar = true }
        let score = scores[Int(id)] + soFar
        if best[end].start < 0 || score > best[end].score {
          best[end] = Step(score: score, start: Int32(truncatingIfNeeded: start), id: id)
        }
      }
      if !hasScalar {
        let score = unknownScore + soFar
        if best[afterScalar].start < 0 || score > best[afterScalar].score {
          best[afterScalar] = Step(
            score: score, start: Int32(truncatingIfNeeded: start), id: try unknown())
        }
      }
      start = afterScalar
    }
  }

  /// Appends the ids of the best path. Adjacent unknown pieces become one.
  private func appendPath(
    to count: Int, _ best: UnsafeMutableBufferPointer<Step>, _ word: UnsafeRawBufferPointer,
    into ids: inout [Int32]
  ) throws {
    let before = ids.count
    var end = count
    while end > 0 {
      let step = best[end]
      var start = Int(step.start)
      if step.id == unknownID {
        while start > 0, best[start].id == unknownID { start = Int(best[start].start) }
        try appendUnknown(UnsafeRawBufferPointer(rebasing: word[max(start, 0)..<end]), into: &ids)
      } else {
        ids.append(step.id)
      }
      // Only text that is no UTF-8 has positions that nothing leads to.
      end = min(start, end - 1)
    }
    var first = before
    var last = ids.count - 1
    while first < last {
      ids.swapAt(first, last)
      first += 1
      last -= 1
    }
  }

  /// Appends the id of a run of unknown characters, which may be a piece when taken together; else
  /// the ids of its bytes in reverse; else the unknown id.
  private func appendUnknown(_ text: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    if let id = vocabulary.id(of: text) { return ids.append(id) }
    if let byteIDs, text.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
      for byte in text.reversed() { ids.append(byteIDs[Int(byte)]) }
    } else {
      ids.append(try unknown())
    }
  }

  private func unknown() throws -> Int32 {
    guard let unknownID else {
      throw FileError(
        "a character is in no piece of the vocabulary, and there is no `unk_id` to replace it "
          + "with")
    }
    return unknownID
  }

  /// Reads a piece and its score. Of several entries for the same piece the last counts.
  private static func insert(
    _ json: JSON, id: Int32, _ vocabulary: inout Vocabulary, isExact: Bool
  ) throws -> Double {
    var elements = json.elements.makeIterator()
    guard let piece = elements.next(), let score = elements.next(), elements.next() == nil else {
      throw FileError("\(json.name): `\(json.path)` should be a piece and its score")
    }
    try piece.withUTF8 { try vocabulary.insert($0, id: id) }
    return try isExact ? score.double() : score.score()
  }

  private static func unknownID(_ json: JSON, count: Int) throws -> Int32? {
    guard let id = try json.present("unk_id")?.tokenID() else { return nil }
    guard Int(id) < count else {
      throw FileError(
        "\(json.name): `\(json.path).unk_id` is \(id), should be below \(count), "
          + "the number of pieces")
    }
    return id
  }
}
