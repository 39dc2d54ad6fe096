import ModelFiles

/// A SentencePiece `.model` as the tokenizer.json that transformers 5.23's classes make of it.
struct SentencePieceFile {
  /// The families whose layout of ids is known.
  enum Family: String, CaseIterable {
    case xlmroberta, camembert, albert, xlnet, t5
  }

  private let name: String
  private let model: SentencePieceModel
  private let family: Family
  private let config: JSON
  private var tokens: SpecialTokens

  /// - Parameters:
  ///   - name: the model's file in `folder`.
  ///   - config: tokenizer_config.json.
  ///   - family: of `Family`, as `tokenizer_class` or `model_type` name it.
  static func json(folder: String, name: String, config: JSON, family: String) throws -> JSON {
    let path = "\(folder)/\(name)"
    guard let known = Family(rawValue: family) else {
      let list = Family.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        "\(path) is of family `\(family)`, whose ids are not known; known are \(list). "
          + "Save the tokenizer as tokenizer.json")
    }
    let model = try SentencePieceModel(
      readFile(path, limit: FileLimit.tokenizer), name: path)
    guard model.algorithm == .unigram else {
      throw FileError(
        "\(path) is of algorithm `\(model.algorithm)`, should be `unigram`; "
          + "save the tokenizer as tokenizer.json")
    }
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: known.defaults,
      additional: try known.additional(config))
    return try Self(name: path, model: model, family: known, config: config, tokens: tokens).json()
  }

  private func json() throws -> JSON {
    let pieces = try pieces()
    var vocabulary = Vocabulary(capacity: pieces.count)
    for (id, piece) in pieces.enumerated() {
      try piece.text.withUnsafeBytes {
        try vocabulary.insert($0, id: Int32(truncatingIfNeeded: id))
      }
    }
    let added = addedTokens()
    let ids = vocabulary.ids(of: added, free: pieces.count)
    var file = EquivalentFile(addedTokens: added)
    file.normalizer = try normalizer()
    file.preTokenizer = try preTokenizer()
    file.model = try model(pieces, vocabulary)
    file.postProcessor = try template(ids)
    return try file.json(name: name)
  }

  /// Those of the files, with what the model calls control or user-defined.
  private func addedTokens() -> [SpecialTokens.Token] {
    var added = tokens
    if family == .camembert || family == .xlnet {
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
    case .albert, .xlnet: return model.pieces
    case .t5:
      let count = try extraCount()
      return model.pieces
        + (0..<count).reversed().map { fixed(Array("<extra_id_\($0)>".utf8)) }
    }
  }

  private func extraCount() throws -> Int { try Family.extraCount(config) }

  private func unknownID(_ vocabulary: Vocabulary) throws -> Int {
    switch family {
    case .xlmroberta: 3
    case .camembert: Int(vocabulary.id(of: try tokens.required("unk_token").text) ?? 0)
    case .albert: 1
    case .xlnet: model.unknownID
    case .t5: 2
    }
  }

  private func model(
    _ pieces: [SentencePieceModel.Piece], _ vocabulary: Vocabulary
  ) throws -> [UInt8] {
    var json = Array(#"{"type":"Unigram","unk_id":\#(try unknownID(vocabulary)),"#.utf8)
    // transformers hands the model's own numbers on.
    json += #""exact_scores":true,"vocab":["#.utf8
    for (id, piece) in pieces.enumerated() {
      if id > 0 { json += ",".utf8 }
      json += "[".utf8
      json.append(jsonString: piece.text)
      json += ",\(Double(piece.score))]".utf8
    }
    return json + "]}".utf8
  }

  private func normalizer() throws -> String {
    var parts: [String] = []
    if family == .albert || family == .xlnet {
      for quote in ["``", "''"] {
        parts.append(#"{"type":"Replace","pattern":{"String":"\#(quote)"},"content":"\""}"#)
      }
      if try family == .xlnet || !config.bool("keep_accents", default: false) {
        parts += [#"{"type":"NFKD"}"#, #"{"type":"StripAccents"}"#]
      }
      if try config.bool("do_lower_case", default: family == .albert) {
        parts.append(#"{"type":"Lowercase"}"#)
      }
    }
    if !model.charsmap.isEmpty {
      let text = base64Encoded(model.charsmap)
      parts.append(#"{"type":"Precompiled","precompiled_charsmap":"\#(text)"}"#)
    }
    return #"{"type":"Sequence","normalizers":[\#(parts.joined(separator: ","))]}"#
  }

  private func preTokenizer() throws -> String {
    let addsSpace =
      try family == .xlnet || family == .t5 || config.bool("add_prefix_space", default: true)
    return #"{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},"#
      + #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"#
      + (addsSpace ? #""always""# : #""never""#) + #","split":true}]}"#
  }

  private func template(_ ids: [[UInt8]: Int32]) throws -> [UInt8] {
    var template = WrittenTemplate()
    for (role, segment) in family.template {
      guard let role else {
        template.addText()
        continue
      }
      let content = try tokens.required(role).content
      guard let id = ids[content] else { throw FileError("\(name): `\(role)` has no id") }
      template.addSpecial(content, id: id, segment: segment)
    }
    return template.bytes
  }
}

extension SentencePieceFile.Family {
  /// The tokens of the roles that no file names.
  var defaults: [String: String] {
    switch self {
    case .xlmroberta, .camembert:
      [
        "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
        "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
      ]
    case .albert:
      [
        "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
        "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "[MASK]",
      ]
    case .xlnet:
      [
        "bos_token": "<s>", "eos_token": "</s>", "sep_token": "<sep>", "cls_token": "<cls>",
        "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
      ]
    case .t5: ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"]
    }
  }

  /// `additional_special_tokens` that no file names.
  func additional(_ config: JSON) throws -> [String] {
    switch self {
    case .xlmroberta, .camembert, .albert, .xlnet: []
    case .t5: try (0..<Self.extraCount(config)).map { "<extra_id_\($0)>" }
    }
  }

  /// How many `<extra_id_N>` follow T5's pieces.
  static func extraCount(_ config: JSON) throws -> Int {
    let count = try config.int("extra_ids", default: 100)
    guard (0...100_000).contains(count) else {
      throw FileError("\(config.name): `extra_ids` is \(count), should be from 0 to 100000")
    }
    return count
  }

  /// The roles around the text, which is nil, and their segments.
  var template: [(role: String?, segment: Int)] {
    switch self {
    case .xlmroberta, .camembert: [("bos_token", 0), (nil, 0), ("eos_token", 0)]
    case .albert: [("cls_token", 0), (nil, 0), ("sep_token", 0)]
    case .xlnet: [(nil, 0), ("sep_token", 0), ("cls_token", 2)]
    case .t5: [(nil, 0), ("eos_token", 0)]
    }
  }
}
