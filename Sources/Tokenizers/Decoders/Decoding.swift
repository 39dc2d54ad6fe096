import ModelFiles

/// How a tokenizer's tokens become text.
struct Decoding: Sendable {
  /// `nil` for tokens with spaces between; an error where tokenizer.json's decoder cannot be had,
  /// which none but who asks for text needs.
  let decoder: Result<(any TokenDecoder)?, FileError>

  /// - Parameter json: tokenizer.json's `decoder`, if it has one; without, what the reference puts
  ///   beside such a model.
  init(
    _ json: JSON?, of model: any TokenModel, _ normalizer: (any Normalizer)?,
    _ preTokenizer: (any PreTokenizer)?
  ) throws {
    do {
      json?.askForAll()
      decoder = .success(
        try json.map(Decoders.make) ?? Self.standard(model, normalizer, preTokenizer))
    } catch let error as FileError {
      decoder = .failure(error)
    }
  }

  private static func standard(
    _ model: any TokenModel, _ normalizer: (any Normalizer)?, _ preTokenizer: (any PreTokenizer)?
  ) throws -> (any TokenDecoder)? {
    switch model {
    case let model as WordPiece: WordPieceDecoder(prefix: model.prefix)
    case is Unigram: MetaspaceDecoder()
    case is FastBPE: try BPEDecoder(suffix: String(decoding: FastBPE.wordEnd, as: UTF8.self))
    case let model as BPE: try standard(model, normalizer, preTokenizer)
    default: nil
    }
  }

  private static func standard(
    _ model: BPE, _ normalizer: (any Normalizer)?, _ preTokenizer: (any PreTokenizer)?
  ) throws -> (any TokenDecoder)? {
    let normalizers = (normalizer as? NormalizerSequence)?.parts ?? [normalizer].compactMap { $0 }
    let splitters =
      (preTokenizer as? PreTokenizerSequence)?.parts ?? [preTokenizer].compactMap { $0 }
    if normalizers.contains(where: { $0 is ByteLevelNormalizer })
      || splitters.contains(where: { $0 is ByteLevel })
    {
      return ByteLevelDecoder()
    }
    if !model.symbols.suffix.isEmpty {
      return try BPEDecoder(suffix: String(decoding: model.symbols.suffix, as: UTF8.self))
    }
    if model.symbols.fallsBack || model.vocabulary.id(of: "▁") != nil {
      return DecoderSequence([
        try ReplaceDecoder("▁", with: " "), ByteFallbackDecoder(), FuseDecoder(),
        StripDecoder(spaces: 1),
      ])
    }
    return nil
  }
}

extension Tokenizer {
  /// Whether its tokens can become text again.
  package var canDecode: Bool { if case .success = decoding.decoder { true } else { false } }

  /// The text that tokens stand for: valid UTF-8, with U+FFFD for bytes that are not. An id that no
  /// token has, among those that have one, is left out.
  /// - Throws: for an id beyond the largest, for a decoder that is not supported, or where the text
  ///   would be too long.
  package func decoded(_ ids: [Int32], skippingSpecials: Bool) throws -> [UInt8] {
    let decoder = try decoding.decoder.get()
    if let id = ids.first(where: { $0 < 0 || Int($0) >= vocabularyCount }) {
      throw FileError(
        "the token id \(id) is not the tokenizer's; its largest is \(vocabularyCount - 1)")
    }
    let texts = self.texts(of: Set(ids))
    var tokens = try TokenTexts(
      ids.compactMap {
        skippingSpecials && isSpecial($0)
          ? nil : addedTokens.normalizedContent(of: $0) ?? texts[$0]
      })
    guard let decoder else { return Array(tokens.list.joined(separator: [0x20])).repaired }
    try decoder(&tokens)
    return Array(tokens.list.joined()).repaired
  }

  /// The bytes of some tokens by their ids, without ids that no token has.
  package func texts(of ids: Set<Int32>) -> [Int32: [UInt8]] {
    var texts = model.vocabulary.pieces(of: ids)
    for id in ids {
      if let content = addedTokens.content(of: id) { texts[id] = content }
    }
    return texts
  }
}
