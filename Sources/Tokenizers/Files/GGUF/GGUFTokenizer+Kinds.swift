import ModelFiles

/// The kinds of vocabularies, by `tokenizer.ggml.model`.
extension GGUFTokenizer {
  private static let mark = Array("▁".utf8)

  /// BERT's WordPiece: a mark is before what begins a word, where the directory has `##` before what
  /// does not. Whether texts become lower case is not in the file: they do where no piece has a capital.
  func wordPieces() throws -> JSONValue {
    let texts = pieces.map { piece -> [UInt8] in
      let text = piece.text
      let isBracketed = text.first == UInt8(ascii: "[") && text.last == UInt8(ascii: "]")
      if piece.kind == .control || piece.kind == .unknown || isBracketed && text.count > 1 {
        return text
      }
      return text.starts(with: Self.mark)
        ? Array(text.dropFirst(Self.mark.count)) : Array("##".utf8) + text
    }
    let hasCapitals = zip(pieces, texts).contains { piece, text in
      piece.kind == .normal && text.first != UInt8(ascii: "[")
        && String(decoding: text, as: UTF8.self).contains(where: \.isUppercase)
    }
    func known(_ roles: [String], _ name: String) throws -> Int? {
      for role in roles { if let id = try id(role) { return id } }
      return texts.firstIndex(of: Array(name.utf8))
    }
    let unknown = try known(["unknown"], "[UNK]").map { texts[$0] } ?? Array("[UNK]".utf8)
    return whole(
      normalizer: [
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "strip_accents": .null, "lowercase": .bool(!hasCapitals),
      ],
      preTokenizer: ["type": "BertPreTokenizer"],
      model: [
        "type": "WordPiece", "unk_token": .utf8(unknown), "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": Self.vocabulary(texts),
      ],
      around: template(
        texts, first: try adds("bos", default: true) ? known(["cls", "bos"], "[CLS]") : nil,
        last: try adds("eos", default: true) ? known(["seperator", "eos"], "[SEP]") : nil,
        second: 1),
      addedTokens: addedTokens(texts))
  }

  /// SentencePiece's Unigram: T5's, and XLM-RoBERTa's.
  func unigram() throws -> JSONValue {
    let scores = try file.numbers(Self.key("scores"))
    guard let scores, scores.count == pieces.count, scores.allSatisfy(\.isFinite) else {
      throw FileError(
        "\(file.path): `\(Self.key("scores"))` should have a finite number for each of "
          + "\(pieces.count) tokens")
    }
    let texts = pieces.map(\.text)
    let rules = try file.numbers(Self.key("precompiled_charsmap"))?.map {
      UInt8(truncatingIfNeeded: Int($0))
    }
    let addsMark = try file.bool(Self.key("add_space_prefix")) ?? true
    let joinsSpaces = try file.bool(Self.key("remove_extra_whitespaces")) ?? true
    let first = try adds("bos", default: true) ? id("bos") : nil
    return whole(
      normalizer: rules.map {
        ["type": "Precompiled", "precompiled_charsmap": .string(base64Encoded($0))]
      } ?? .null,
      preTokenizer: [
        "type": "Sequence",
        "pretokenizers": .array(
          (joinsSpaces ? [["type": "WhitespaceSplit"]] : []) + [
            [
              "type": "Metaspace", "replacement": "▁",
              "prepend_scheme": addsMark ? "always" : "never", "split": true,
            ]
          ]),
      ],
      model: [
        "type": "Unigram", "unk_id": .int(try id("unknown") ?? 0),
        // Those of SentencePiece's own file, and no decimals of them.
        "exact_scores": true,
        "vocab": .array(
          zip(texts, scores).map { [.utf8($0), .source(Array("\($1)".utf8))] }),
      ],
      around: template(
        texts, first: first, last: try adds("eos", default: true) ? id("eos") : nil,
        // RoBERTa's pairs have the end twice between them.
        between: first == nil ? "" : "last:0 "),
      addedTokens: addedTokens(texts, mask: try id("mask")))
  }

  /// How `tokenizer.ggml.pre` splits texts into words.
  private struct Words {
    let pattern: String
    var normalizer = JSONValue.null
    var ignoresMerges = false
    /// Whether texts stand between two tokens, as RoBERTa's do.
    var isEnclosed = false
  }

  private static let gpt2Words =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  private static let words: [String: Words] = {
    let enclosed = Words(pattern: gpt2Words, isEnclosed: true)
    return [
      "gpt-2": Words(pattern: gpt2Words), "default": Words(pattern: gpt2Words),
      "roberta-bpe": enclosed, "jina-v1-en": enclosed, "jina-v2-es": enclosed,
      "jina-v2-de": enclosed, "jina-v2-code": enclosed,
      "qwen2": Words(pattern: Stages.qwenWords, normalizer: ["type": "NFC"]),
      "llama-bpe": Words(
        pattern:
          #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
          + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#, ignoresMerges: true),
    ]
  }()

  /// Byte-level BPE: GPT-2's, RoBERTa's, Qwen's.
  func byteLevelPairs() throws -> JSONValue {
    let key = Self.key("pre")
    let name = try file.string(key) ?? "default"
    guard let words = Self.words[name] else {
      throw FileError(
        "\(file.path): `\(key)` is `\(name)`, whose words are not known here; known are "
          + Self.words.keys.sorted().joined(separator: ", "))
    }
    guard let merges = try file.strings(Self.key("merges")) else {
      throw file.missing(Self.key("merges"))
    }
    try PieceLimit.check(merges.count, "\(file.path): `\(Self.key("merges"))`")
    let texts = pieces.map(\.text)
    let first = try adds("bos", default: words.isEnclosed) ? id("bos") : nil
    let last = try adds("eos", default: words.isEnclosed) ? id("eos") : nil
    return whole(
      normalizer: words.normalizer,
      preTokenizer: [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(words.pattern)],
            "behavior": "Isolated", "invert": false,
          ],
          [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": false,
          ],
        ],
      ],
      model: [
        "type": "BPE", "ignore_merges": .bool(words.ignoresMerges),
        "vocab": Self.vocabulary(texts), "merges": .array(merges.map { .utf8($0) }),
      ],
      around: template(
        texts, first: first, last: last, between: words.isEnclosed ? "last:0 " : ""),
      addedTokens: addedTokens(texts, mask: words.isEnclosed ? try id("mask") : nil))
  }

  /// SentencePiece's BPE: Gemma's, Llama's.
  func sentencePairs() throws -> JSONValue {
    let texts = pieces.map(\.text)
    let addsMark = try file.bool(Self.key("add_space_prefix")) ?? true
    let replaced: JSONValue = [
      "type": "Replace", "pattern": ["String": " "], "content": "▁",
    ]
    let metaspace: JSONValue = [
      "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false,
    ]
    return whole(
      normalizer: addsMark ? .null : replaced, preTokenizer: addsMark ? metaspace : .null,
      model: [
        "type": "BPE", "fuse_unk": true,
        "byte_fallback": .bool(pieces.contains { $0.kind == .byte }),
        "unk_token": .optional(try id("unknown")) { .utf8(texts[$0]) },
        "vocab": Self.vocabulary(texts),
        "merges": .source(try SentencePieceMerges(texts, name: file.path).json()),
      ],
      around: template(
        texts, first: try adds("bos", default: true) ? id("bos") : nil,
        last: try adds("eos", default: false) ? id("eos") : nil),
      addedTokens: addedTokens(texts))
  }
}
