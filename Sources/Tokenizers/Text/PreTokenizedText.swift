/// A stretch of a text: a word, text that is still to be split, or an added token.
package struct PreToken: Sendable, Equatable {
  package var range: Range<Int>
  /// Whether it begins with what the text's first character became; Metaspace may ask.
  package var startsText: Bool
  /// The id of the added token that it is; nil if pre-tokenizer and model are still to see it.
  package var token: Int32?
}

/// A normalized text and the pre-tokens that it falls into so far.
package struct PreTokenizedText: Sendable {
  package var text = TextBuffer()
  package private(set) var list: [PreToken] = []
  private var spare: [PreToken] = []
  /// Where each byte of `text` comes from, where that was asked for.
  var origins: Origins?

  package init() {}

  /// Splits the whole text into the pre-tokens that `body` appends.
  mutating func begin(_ body: (UnsafeRawBufferPointer, Bool, inout [PreToken]) -> Void) {
    list.removeAll(keepingCapacity: true)
    text.bytes.withUnsafeBytes { body($0, text.startsText, &list) }
    for index in list.indices {
      if list[index].range.lowerBound >= text.startCount { break }
      list[index].startsText = true
    }
  }

  /// Rewrites each pre-token that is not a token: `body` reads it and whether it starts the text,
  /// and appends its replacement. Empty pre-tokens are dropped.
  /// - Parameter isBytewise: whether `body` writes a character for each byte, and not for each
  ///   character
  package mutating func rewrite(
    isBytewise: Bool = false,
    _ body: (UnsafeRawBufferPointer, _ startsText: Bool, inout [UInt8]) -> Void
  ) {
    var rewritten: [PreToken] = []
    swap(&rewritten, &spare)
    rewritten.removeAll(keepingCapacity: true)
    var after = Origins()
    text.rewrite { bytes, output in
      for preToken in list {
        let start = output.count
        if preToken.token == nil {
          body(
            UnsafeRawBufferPointer(rebasing: bytes[preToken.range]), preToken.startsText, &output)
          guard output.count > start else { continue }
        }
        if let before = origins {
          output[start...].withUnsafeBytes {
            after.append(before, of: bytes, preToken.range, as: $0, isBytewise: isBytewise)
          }
        }
        var preToken = preToken
        preToken.range = start..<output.count
        rewritten.append(preToken)
      }
    }
    if origins != nil { origins = after }
    spare = list
    list = rewritten
  }

  /// Splits each pre-token that is not a token: `body` reads it and appends the ranges that remain.
  package mutating func split(
    _ body: (UnsafeRawBufferPointer, inout PreTokenParts) throws -> Void
  ) rethrows {
    var parts = PreTokenParts(list: spare, startCount: text.startCount)
    spare = []
    parts.list.removeAll(keepingCapacity: true)
    try text.bytes.withUnsafeBytes { bytes in
      for preToken in list {
        if preToken.token == nil {
          parts.whole = preToken
          try body(UnsafeRawBufferPointer(rebasing: bytes[preToken.range]), &parts)
        } else {
          parts.list.append(preToken)
        }
      }
    }
    spare = list
    list = parts.list
  }
}

/// Takes the parts of one pre-token after the other.
package struct PreTokenParts {
  fileprivate var list: [PreToken]
  fileprivate var whole = PreToken(range: 0..<0, startsText: false)
  private let startCount: Int

  fileprivate init(list: [PreToken], startCount: Int) {
    self.list = list
    self.startCount = startCount
  }

  /// Adds a part, counted from the start of its pre-token. Empty parts vanish, as in the reference.
  package mutating func append(_ part: Range<Int>) {
    guard !part.isEmpty else { return }
    let start = whole.range.lowerBound + part.lowerBound
    list.append(
      PreToken(
        range: start..<start + part.count,
        startsText: start < startCount || whole.startsText && part.lowerBound == 0))
  }
}
