import ModelFiles

/// The merges of a SentencePiece model by byte pairs, which lists none: of each piece all pairs of
/// pieces that it can be made of, in the order of the pieces and of the pairs' lengths, as
/// transformers' `generate_merges` makes them.
struct SentencePieceMerges {
  private let pieces: [[UInt8]]
  private let name: String

  /// How many bytes may be looked at in all. Pieces in use have some 20 bytes, and there are
  /// 300,000 of them: 10⁸. The JSON may be as long.
  private static let mostSteps = 500_000_000

  /// - Parameter name: what errors call the file.
  init(_ pieces: [[UInt8]], name: String) {
    self.pieces = pieces
    self.name = name
  }

  /// An array of pairs, as tokenizer.json has it.
  func json() throws -> [UInt8] {
    let steps = pieces.reduce(0) { sum, piece in
      let (square, overflow) = piece.count.multipliedReportingOverflow(by: piece.count)
      return overflow || sum > Self.mostSteps ? sum : sum + min(square, Self.mostSteps + 1)
    }
    guard steps <= Self.mostSteps else {
      throw FileError(
        "\(name) has pieces that are too long to find merges for; save the tokenizer "
          + "as tokenizer.json"
      )
    }
    let vocabulary = try Vocabulary(pieces: pieces)
    var json = Array("[".utf8)
    for (id, piece) in pieces.enumerated() {
      piece.withUnsafeBytes { piece in
        // Of equal pieces the last one counts.
        guard vocabulary.id(of: piece) == Int32(truncatingIfNeeded: id) else { return }
        append(piece, vocabulary, to: &json)
      }
    }
    return json + "]".utf8
  }

  private func append(
    _ piece: UnsafeRawBufferPointer, _ vocabulary: Vocabulary, to json: inout [UInt8]
  ) {
    for (_, range) in piece.scalars() {
      let left = UnsafeRawBufferPointer(rebasing: piece[..<range.upperBound])
      let right = UnsafeRawBufferPointer(rebasing: piece[range.upperBound...])
      guard !right.isEmpty, vocabulary.id(of: left) != nil, vocabulary.id(of: right) != nil
      else { continue }
      json += json.count > 1 ? ",[".utf8 : "[".utf8
      json.appendJSON(string: left)
      json += ",".utf8
      json.appendJSON(string: right)
      json += "]".utf8
    }
  }
}
