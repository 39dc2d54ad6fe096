/// Finds the tokens of a word in it again, by what their pieces say.
struct WordPlaces: Sendable {
  /// What pieces begin with that do not begin a word.
  private var prefix: [UInt8] = []
  /// What pieces end with that end a word.
  private var suffix: [UInt8] = []
  private var unknown: Int32?

  init(_ model: any TokenModel) {
    switch model {
    case let model as WordPiece:
      (prefix, unknown) = (Array(model.prefix.utf8), model.unknown.id)
    case let model as BPE:
      (prefix, suffix) = (model.symbols.prefix, model.symbols.suffix)
      unknown = model.symbols.unknown?.id
    case let model as FastBPE: (suffix, unknown) = (FastBPE.wordEnd, model.unknown.id)
    case let model as Unigram: unknown = model.unknownID
    case let model as WordLevel: unknown = model.unknown.id
    default: break
    }
  }

  /// The bytes of a word that each of its tokens stands for; from the first on that is not found in
  /// it, `nil`.
  func callAsFunction(
    _ word: UnsafeRawBufferPointer, _ ids: ArraySlice<Int32>, _ texts: [Int32: [UInt8]]
  ) -> [Range<Int>?] {
    let pieces = ids.enumerated().map { index, id in
      let text = texts[id] ?? []
      return Piece(
        id: id, text: text,
        surface: surface(text, isFirst: index == 0, isLast: index == ids.count - 1))
    }
    var places = [Range<Int>?](repeating: nil, count: pieces.count)
    var position = 0
    for (index, piece) in pieces.enumerated() {
      let next = index + 1 < pieces.count ? pieces[index + 1] : nil
      guard let place = place(of: piece, next: next, in: word, from: position) else { break }
      places[index] = place
      position = place.upperBound
    }
    return places
  }

  private struct Piece {
    let id: Int32
    let text: [UInt8]
    /// Its text without affixes.
    let surface: [UInt8]

    /// How many bytes of a word it is where that begins with it, if it does.
    func length(in word: Slice<UnsafeRawBufferPointer>) -> Int? {
      if !surface.isEmpty, word.starts(with: surface) { return surface.count }
      return word.first != nil && ByteFallbackDecoder.byte(of: text) == word.first ? 1 : nil
    }
  }

  private func surface(_ text: [UInt8], isFirst: Bool, isLast: Bool) -> [UInt8] {
    var surface = text[...]
    if !isFirst, !prefix.isEmpty, surface.starts(with: prefix) {
      surface = surface.dropFirst(prefix.count)
    }
    if isLast, !suffix.isEmpty, surface.suffix(suffix.count).elementsEqual(suffix) {
      surface = surface.dropLast(suffix.count)
    }
    return Array(surface)
  }

  /// What is unknown reaches to the next token, or is a character if that is unknown too; what no
  /// token stands for is passed over.
  private func place(
    of piece: Piece, next: Piece?, in word: UnsafeRawBufferPointer, from position: Int
  ) -> Range<Int>? {
    func first(_ piece: Piece, from start: Int) -> Range<Int>? {
      for (_, range) in word.scalars(from: start) {
        if let length = piece.length(in: word[range.lowerBound...]) {
          return range.lowerBound..<range.lowerBound + length
        }
      }
      return nil
    }
    guard position < word.count else { return nil }
    // Tokens of bytes may begin within a character.
    if piece.id != unknown {
      return piece.length(in: word[position...]).map { position..<position + $0 }
        ?? first(piece, from: position)
    }
    guard let next else { return position..<word.count }
    let end = word.scalar(at: position).end
    if next.id == unknown { return position..<end }
    return first(next, from: end).map { position..<$0.lowerBound }
  }
}
