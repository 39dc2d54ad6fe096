import ModelFiles

/// A token, and the bytes of the text as it was given that it stands for.
package struct PlacedToken: Sendable, Equatable {
  package let id: Int32
  /// Whole characters, of which several tokens may share one; `nil` where it cannot be told.
  package let range: Range<Int>?
}

extension Tokenizer {
  /// All tokens of a text with their places, without those that are added to it: the ids of
  /// `tokens(of:)`, for several times as much time.
  /// - Parameter text: valid UTF-8
  package func placedTokens(of text: UnsafeRawBufferPointer) throws -> [PlacedToken] {
    guard text.count < Int(UInt32.max) else {
      throw FileError("a text has \(text.count) bytes, too many to number; split it")
    }
    var buffer = TextBuffer()
    buffer.set(text, startsText: true)
    var origins = Origins(of: text)
    try preparation?(&buffer, &origins)
    var found = FoundTokens()
    try buffer.bytes.withUnsafeBytes { bytes in
      var given: [PreToken] = []
      addedTokens.inText.split(bytes, startsText: true, into: &given)
      var preTokens = PreTokenizedText()
      for preToken in given {
        if let token = preToken.token {
          found.append(token, origins[preToken.range])
        } else {
          preTokens.text.set(
            UnsafeRawBufferPointer(rebasing: bytes[preToken.range]),
            startsText: preToken.startsText)
          try split(&preTokens, origins.part(preToken.range), into: &found)
        }
      }
    }
    return placed(found, in: text)
  }

  /// Normalizes a text, splits it into tokens and words, and looks these up.
  private func split(
    _ preTokens: inout PreTokenizedText, _ origins: Origins, into found: inout FoundTokens
  ) throws {
    var origins = origins
    try normalizer?(&preTokens.text, &origins)
    preTokens.begin { addedTokens.inNormalized.split($0, startsText: $1, into: &$2) }
    // Later their ranges are lost; their order is not.
    var places = preTokens.list.filter { $0.token != nil }.map { origins[$0.range] }[...]
    preTokens.origins = origins
    try preTokenizer?(&preTokens)
    let known = preTokens.origins ?? origins
    try preTokens.text.bytes.withUnsafeBytes { bytes in
      for preToken in preTokens.list {
        if let token = preToken.token {
          found.append(token, places.popFirst() ?? nil)
        } else {
          let word = UnsafeRawBufferPointer(rebasing: bytes[preToken.range])
          try found.append(word, known, preToken.range) { try model(word, into: &$0) }
        }
      }
    }
  }

  /// The places of all tokens, once the pieces of all are known.
  private func placed(
    _ found: FoundTokens, in text: UnsafeRawBufferPointer
  ) -> [PlacedToken] {
    let texts = texts(of: Set(found.ids))
    let wordPlaces = WordPlaces(model)
    var places = found.places
    found.bytes.withUnsafeBytes { bytes in
      for word in found.words {
        let here = UnsafeRawBufferPointer(rebasing: bytes[word.bytes])
        for (index, place) in zip(word.tokens, wordPlaces(here, found.ids[word.tokens], texts)) {
          places[index] = place.flatMap {
            let start = word.bytes.lowerBound + $0.lowerBound
            return found.origins[start..<start + $0.count]
          }
        }
      }
    }
    let trims = postProcessor?.trimsSpaces ?? false
    return zip(found.ids, places).map { id, range in
      PlacedToken(
        id: id,
        range: trims ? range.map { text.trimmed($0, as: texts[id] ?? []) } : range)
    }
  }
}

/// The tokens of a text, and the words that are still to be searched for theirs.
private struct FoundTokens {
  var ids: [Int32] = []
  /// The place of each token that is no part of a word.
  var places: [Range<Int>?] = []
  /// All words, one after the other.
  var bytes: [UInt8] = []
  var origins = Origins()
  var words: [(bytes: Range<Int>, tokens: Range<Int>)] = []

  mutating func append(_ token: Int32, _ place: Range<Int>?) {
    ids.append(token)
    places.append(place)
  }

  mutating func append(
    _ word: UnsafeRawBufferPointer, _ origins: Origins, _ range: Range<Int>,
    _ body: (inout [Int32]) throws -> Void
  ) rethrows {
    let (start, first) = (bytes.count, ids.count)
    try body(&ids)
    bytes += word
    self.origins.append(origins, range)
    words.append((start..<bytes.count, first..<ids.count))
    places += repeatElement(nil, count: ids.count - first)
  }
}

extension PostProcessor {
  /// Whether spaces at its ends are no part of what a token stands for.
  fileprivate var trimsSpaces: Bool {
    switch self {
    case let processor as ByteLevelProcessing: processor.trimsSpaces
    case let processor as RobertaProcessing: processor.trimsSpaces
    case let sequence as PostProcessorSequence: sequence.parts.contains { $0.trimsSpaces }
    default: false
    }
  }
}

extension UnsafeRawBufferPointer {
  /// A token's place without the spaces (U+0020 alone) at those ends where its piece has them too.
  fileprivate func trimmed(_ place: Range<Int>, as piece: [UInt8]) -> Range<Int> {
    let spaced = Array("Ġ".utf8)  // GPT-2's alphabet has it for a space.
    var (start, end) = (place.lowerBound, place.upperBound)
    if piece.first == 0x20 || piece.starts(with: spaced) {
      while start < end, self[start] == 0x20 { start += 1 }
    }
    if piece.last == 0x20 || piece.suffix(spaced.count).elementsEqual(spaced) {
      while start < end, self[end - 1] == 0x20 { end -= 1 }
    }
    return start..<end
  }
}
