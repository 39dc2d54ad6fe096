import ModelFiles

/// A SentencePiece `.model` as the tokenizer.json that transformers 5.23's classes make of it.
struct SentencePieceFile {
  private let name: String
  let model: SentencePieceModel
  let family: SentencePieceFamily
  let config: JSON
  private var tokens: SpecialTokens

  /// - Parameters:
  ///   - name: the model's file in `folder`.
  ///   - config: tokenizer_config.json.
  ///   - family: as `TokenizerFiles` names it by `tokenizer_class` or the model's type.
  ///   - model: config.json, if there is one.
  static func json(
    folder: String, name: String, config: JSON, family: String, model: JSON?,
    files: ConfigurationFiles
  ) throws -> JSON {
    let path = "\(folder)/\(name)"
    let hasClass = try TokenizerClass.declared(config, model) != nil
    let type = try model?.string("model_type", default: "") ?? ""
    guard let known = SentencePieceFamily(family, hasClass: hasClass, modelType: type) else {
      let list = SentencePieceFamily.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        "\(path): the ids of the tokenizer family `\(family)` are not known; known are \(list). "
          + "Save the tokenizer as tokenizer.json")
    }
    let pieces = try SentencePieceModel(
      readFile(path, limit: FileLimit.tokenizer), name: path)
    if let only = known.onlyAlgorithm, pieces.algorithm != only {
      throw FileError(
        "\(path) was trained with `\(pieces.algorithm)`, should be `\(only)` for the "
          + "family `\(known.rawValue)`; save the tokenizer as tokenizer.json")
    }
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: known.defaults(pieces),
      additional: try known.additional(config), files: files)
    return try Self(name: path, model: pieces, family: known, config: config, tokens: tokens).json()
  }

  private func json() throws -> JSON {
    let pieces = try pieces()
    let vocabulary = try Vocabulary(pieces: pieces.map(\.text))
    let added = addedTokens()
    let ids = vocabulary.ids(of: added, free: pieces.count)
    var file = EquivalentFile(addedTokens: added)
    let charsmap: JSONValue? =
      model.charsmap.isEmpty ? nil : Self.precompiled(base64Encoded(model.charsmap))
    file.normalizer = try family.normalizer(config, charsmap: charsmap)
    file.preTokenizer = try family.preTokenizer(config)
    file.model = try model(pieces, vocabulary)
    file.postProcessor = try template(ids)
    return try file.json(name: name)
  }

  private static func precompiled(_ rules: String) -> JSONValue {
    ["type": "Precompiled", "precompiled_charsmap": .string(rules)]
  }

  /// Those of the files, with what the model calls control or user-defined.
  private func addedTokens() -> [SpecialTokens.Token] {
    var added = tokens
    if family.stripsBeforeMask {
      added.change("mask_token") { $0.leftStrip = true }
    }
    var all = added.all
    var seen = Set(all.map(\.content))
    for piece in model.pieces where piece.kind == .control || piece.kind == .userDefined {
      guard !piece.text.isEmpty, seen.insert(piece.text).inserted else { continue }
      all.append(SpecialTokens.Token(content: piece.text, special: piece.kind == .control))
    }
    return all
  }

  /// The pieces in the order of their ids.
  private func pieces() throws -> [SentencePieceModel.Piece] {
    func fixed(_ text: [UInt8], _ score: Float = 0) -> SentencePieceModel.Piece {
      SentencePieceModel.Piece(text: text, score: score)
    }
    func role(_ name: String) throws -> SentencePieceModel.Piece {
      fixed(try tokens.required(name).content)
    }
    switch family {
    case .xlmroberta:
      let first = try ["bos_token", "pad_token", "eos_token", "unk_token"].map(role)
      return try first + model.pieces.dropFirst(3) + [role("mask_token")]
    case .camembert:
      // fairseq's own tokens came before SentencePiece's, whose are marked as not used.
      let first = try [
        fixed(Array("<s>NOTUSED".utf8)), role("pad_token"), fixed(Array("</s>NOTUSED".utf8)),
        role("unk_token"), fixed(Array("<unk>NOTUSED".utf8), -100),
      ]
      return try first + model.pieces.dropFirst() + [role("mask_token")]
    case .albert, .xlnet, .debertav2, .llama, .gemma: return model.pieces
    case .tokenizersbackend: return renamed(model.pieces)
    case .t5:
      let count = try extraCount()
      return model.pieces
        + (0..<count).reversed().map { fixed(Array("<extra_id_\($0)>".utf8)) }
    }
  }

  private func extraCount() throws -> Int { try SentencePieceFamily.extraCount(config) }

  /// Pieces that stand in for what `added_tokens_decoder` calls by their ids get those names.
  private func renamed(_ pieces: [SentencePieceModel.Piece]) -> [SentencePieceModel.Piece] {
    var pieces = pieces
    var known = Set(pieces.map(\.text))
    for (id, token) in tokens.decoded
    where pieces.indices.contains(id) && known.insert(token.content).inserted {
      known.remove(pieces[id].text)
      pieces[id].text = token.content
    }
    return pieces
  }

  private func unknownID(_ vocabulary: Vocabulary) throws -> Int {
    switch family {
    case .xlmroberta: 3
    case .camembert: Int(vocabulary.id(of: try tokens.required("unk_token").text) ?? 0)
    case .albert: 1
    case .t5: 2
    case .debertav2: try ownUnknownID(vocabulary) ?? model.unknownID
    case .xlnet, .llama, .gemma, .tokenizersbackend: model.unknownID
    }
  }

  /// The id of `unk_token`, if that is a piece without a score.
  private func ownUnknownID(_ vocabulary: Vocabulary) throws -> Int? {
    let content = try tokens.required("unk_token").content
    return model.pieces.firstIndex { $0.text == content && $0.score == 0 }
  }

  private func model(
    _ pieces: [SentencePieceModel.Piece], _ vocabulary: Vocabulary
  ) throws -> JSONValue {
    family.isBPE ? try bytePairs(pieces) : try unigram(pieces, vocabulary)
  }

  private func bytePairs(_ pieces: [SentencePieceModel.Piece]) throws -> JSONValue {
    let unknown: JSONValue =
      switch family {
      case .llama: .null
      case .gemma: .utf8(try tokens.required("unk_token").content)
      default: .string(model.unknownPiece)
      }
    return [
      "type": "BPE", "fuse_unk": true,
      "byte_fallback": .bool(family != .tokenizersbackend || model.fallsBackToBytes),
      "unk_token": unknown,
      "vocab": .object(
        pieces.enumerated().map { id, piece in
          (String(decoding: piece.text, as: UTF8.self), .int(id))
        }),
      "merges": .source(try SentencePieceMerges(model.pieces.map(\.text), name: name).json()),
    ]
  }

  private func unigram(
    _ pieces: [SentencePieceModel.Piece], _ vocabulary: Vocabulary
  ) throws -> JSONValue {
    [
      "type": "Unigram", "unk_id": .int(try unknownID(vocabulary)),
      // transformers hands the model's own numbers on.
      "exact_scores": true,
      "vocab": .array(
        pieces.map { [.utf8($0.text), .source(Array("\(Double($0.score))".utf8))] }),
    ]
  }

  private func template(_ ids: [[UInt8]: Int32]) throws -> JSONValue {
    let (single, pair) = try family.templates(config)
    return try EquivalentFile.template(single: single, pair: pair) { role in
      // Those that a flag asks for are left out where there is no such token.
      if family.isBPE, tokens[role] == nil { return nil }
      let token = try tokens.required(role)
      guard let id = ids[token.content] else { throw FileError("\(name): `\(role)` has no id") }
      return (token.text, id)
    }
  }
}
