import ModelFiles

/// The stages that a class of transformers makes itself, with tokenizer_config.json's settings. Of a
/// tokenizer.json it keeps the vocabulary and, where it has no own, the post-processor.
struct Stages {
  /// What goes around a text.
  enum Around {
    /// What tokenizer.json says.
    case asWritten
    /// Templates of roles, see `EquivalentFile.template`.
    case template(single: String, pair: String)
    /// RobertaProcessing, between the tokens of two roles.
    case roberta(addsPrefixSpace: Bool, first: String = "cls_token", last: String = "sep_token")
  }

  var normalizer = JSONValue.null
  var preTokenizer = JSONValue.null
  var around = Around.asWritten
  /// Whether tokenizer.json's post-processor counts where it has one, whatever `around` says.
  var keepsWrittenAround = false
  /// Tokens of roles that no file names.
  var defaults: [String: String] = [:]
  /// `additional_special_tokens` that no file names.
  var additional: [String] = []
  /// Roles whose token takes the white space before it, where it is written without properties.
  var leftStripped: [String] = []
  /// Whether tokens with a part to play lose what files say of them, but that they are special.
  var plainRoles = false
  /// The `type` of the model that the class makes of the vocabulary.
  var modelType = "BPE"
  /// Settings of the model that the class fixes: `nil` for none.
  var model: [(key: String, value: JSONValue?)] = []

  typealias Make = @Sendable (_ config: JSON, _ charsmap: JSONValue?) throws -> Stages

  /// The classes by name. A new one adds its line.
  static let known: [String: Make] = [
    "AlbertTokenizer": { try Stages(.albert, $0, $1) },
    "BartTokenizer": { config, _ in try roberta(config) },
    "BertTokenizer": { config, _ in try bert(config) },
    "CLIPTokenizer": { config, _ in try clip(config) },
    "CamembertTokenizer": { try Stages(.camembert, $0, $1) },
    "ConvBertTokenizer": { config, _ in try bert(config) },
    "DebertaTokenizer": { config, _ in try deberta(config) },
    "DebertaV2Tokenizer": { try Stages(.debertav2, $0, $1) },
    "DistilBertTokenizer": { config, _ in try bert(config) },
    "ElectraTokenizer": { config, _ in try bert(config) },
    "GPT2Tokenizer": { config, _ in try byteLevel(config) },
    "GemmaTokenizer": { try Stages(.gemma, $0, $1) },
    "LlamaTokenizer": { try Stages(.llama, $0, $1) },
    "LongformerTokenizer": { config, _ in try roberta(config) },
    "MPNetTokenizer": { config, _ in try mpnet(config) },
    "MobileBertTokenizer": { config, _ in try bert(config) },
    "Qwen2Tokenizer": { config, _ in try qwen2(config) },
    "RobertaTokenizer": { config, _ in try roberta(config) },
    "T5Tokenizer": { try Stages(.t5, $0, $1) },
    "XLMRobertaTokenizer": { try Stages(.xlmroberta, $0, $1) },
    "XLNetTokenizer": { try Stages(.xlnet, $0, $1) },
  ]
}

/// A class's stages with the tokens that a folder's files name.
struct RebuiltStages {
  let stages: Stages
  let tokens: SpecialTokens

  init(_ stages: Stages, _ tokens: SpecialTokens) {
    self.stages = stages
    var tokens = tokens
    if stages.plainRoles { tokens.makeRolesPlain() }
    for role in stages.leftStripped { tokens.change(role) { $0.leftStrip = true } }
    self.tokens = tokens
  }

  /// What goes around a text; `nil` where tokenizer.json says it.
  /// - Parameters:
  ///   - isWritten: whether tokenizer.json has a post-processor
  ///   - id: the id of a token
  func postProcessor(isWritten: Bool, _ id: (String) -> Int32?) throws -> JSONValue? {
    if isWritten, stages.keepsWrittenAround { return nil }
    func token(_ role: String) throws -> (text: String, id: Int32) {
      let text = try tokens.required(role).text
      guard let id = id(text) else { throw FileError("`\(role)` `\(text)` has no id") }
      return (text, id)
    }
    func pair(_ role: String) throws -> JSONValue {
      let token = try token(role)
      return [.string(token.text), .int(Int(token.id))]
    }
    switch stages.around {
    case .asWritten: return nil
    case .template(let single, let pair):
      return try EquivalentFile.template(single: single, pair: pair, token: token)
    case .roberta(let addsSpace, let first, let last):
      return [
        "type": "RobertaProcessing", "trim_offsets": true,
        "add_prefix_space": .bool(addsSpace), "sep": try pair(last),
        "cls": try pair(first),
      ]
    }
  }
}

extension Stages {
  private static func bert(_ config: JSON) throws -> Stages {
    Stages(
      normalizer: try BERTVocabularyFile.normalizer(config),
      preTokenizer: ["type": "BertPreTokenizer"],
      around: .template(
        single: "cls_token:0 $A:0 sep_token:0",
        pair: "cls_token:0 $A:0 sep_token:0 $B:1 sep_token:1"),
      defaults: BERTVocabularyFile.Family.bert.defaults, modelType: "WordPiece",
      model: try wordPiece(config))
  }

  private static func mpnet(_ config: JSON) throws -> Stages {
    var stages = try bert(config)
    stages.around = .roberta(addsPrefixSpace: false)
    stages.defaults = BERTVocabularyFile.Family.mpnet.defaults
    stages.leftStripped = ["mask_token"]
    return stages
  }

  private static func wordPiece(_ config: JSON) throws -> [(key: String, value: JSONValue?)] {
    let unknown = try config.present("unk_token").map { try SpecialTokens.Token($0).content }
    return [
      ("unk_token", .utf8(unknown ?? Array("[UNK]".utf8))), ("continuing_subword_prefix", "##"),
      ("max_input_chars_per_word", 100),
    ]
  }

  /// A byte-level BPE's pieces are joined as they are written.
  private static let plainBPE: [(key: String, value: JSONValue?)] = [
    ("continuing_subword_prefix", nil), ("end_of_word_suffix", nil), ("byte_fallback", nil),
    ("ignore_merges", nil), ("dropout", nil),
  ]

  private static func byteLevel(_ config: JSON) throws -> Stages {
    Stages(
      preTokenizer: [
        "type": "ByteLevel",
        "add_prefix_space": .bool(try config.flag("add_prefix_space", default: false)),
        "trim_offsets": true, "use_regex": true,
      ],
      defaults: [
        "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
      ], model: plainBPE)
  }

  static func roberta(_ config: JSON) throws -> Stages {
    var stages = try byteLevel(config)
    stages.around = .roberta(
      addsPrefixSpace: try config.flag("add_prefix_space", default: false))
    stages.defaults = ByteLevelVocabularyFiles.defaults
    return stages
  }

  /// Lower case, and words whose last pieces are told from others by `</w>`.
  static func clip(_ config: JSON) throws -> Stages {
    let end = "<|endoftext|>"
    return Stages(
      normalizer: [
        "type": "Sequence",
        "normalizers": [
          ["type": "NFC"],
          ["type": "Replace", "pattern": ["Regex": #"\s+"#], "content": " "],
          ["type": "Lowercase"],
        ],
      ],
      preTokenizer: [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(clipWords)], "behavior": "Removed",
            "invert": true,
          ],
          [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": true,
          ],
        ],
      ],
      around: .roberta(addsPrefixSpace: false, first: "bos_token", last: "eos_token"),
      defaults: [
        "bos_token": "<|startoftext|>", "eos_token": end, "unk_token": end, "pad_token": end,
      ],
      model: [
        ("continuing_subword_prefix", nil), ("end_of_word_suffix", "</w>"), ("fuse_unk", false),
        ("byte_fallback", nil), ("ignore_merges", nil), ("dropout", nil),
      ])
  }

  // The expression of transformers' CLIP tokenizer, which its files have too.
  private static let clipWords =
    #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

  private static func deberta(_ config: JSON) throws -> Stages {
    var stages = try byteLevel(config)
    stages.around = .template(
      single: "cls_token:0 $A:0 sep_token:0",
      pair: "cls_token:0 $A:0 sep_token:0 sep_token:0 $B:0 sep_token:0")
    stages.defaults = SentencePieceFamily.debertav2.roles
    stages.leftStripped = ["mask_token"]
    return stages
  }

  private static func qwen2(_ config: JSON) throws -> Stages {
    var stages = try byteLevel(config)
    stages.normalizer = ["type": "NFC"]
    stages.preTokenizer = [
      "type": "Sequence",
      "pretokenizers": [
        [
          "type": "Split", "pattern": ["Regex": .string(qwenWords)], "behavior": "Isolated",
          "invert": false,
        ],
        [
          "type": "ByteLevel",
          "add_prefix_space": .bool(try config.flag("add_prefix_space", default: false)),
          "trim_offsets": true, "use_regex": false,
        ],
      ],
    ]
    stages.plainRoles = true
    stages.defaults["bos_token"] = nil
    stages.defaults["pad_token"] = "<|endoftext|>"
    return stages
  }

  // PRETOKENIZE_REGEX of transformers' Qwen2 tokenizer, which every Qwen 2 and 3 file has too.
  static let qwenWords =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
    + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private init(_ family: SentencePieceFamily, _ config: JSON, _ charsmap: JSONValue?) throws {
    self.init(
      normalizer: try family.normalizer(config, charsmap: charsmap),
      preTokenizer: try family.preTokenizer(config), defaults: family.roles,
      additional: try family.additional(config),
      leftStripped: family.stripsBeforeMask ? ["mask_token"] : [],
      modelType: family.isBPE ? "BPE" : "Unigram", model: family.fixedSettings)
    if ![.gemma, .llama].contains(family) {
      let templates = try family.templates(config)
      around = .template(single: templates.single, pair: templates.pair)
      // Its class makes a template first and then takes the file's all the same.
      keepsWrittenAround = family == .albert
    }
  }
}

extension Stages {
  /// The rules of a SentencePiece model that a tokenizer.json's normalizer holds.
  static func charsmap(_ file: JSON) throws -> JSONValue? {
    guard let normalizer = file["normalizer"], normalizer.kind == .object else { return nil }
    let parts = normalizer["normalizers"].map { Array($0.elements) } ?? [normalizer]
    return parts.first {
      $0["type"]?.isString("Precompiled") ?? false && $0["precompiled_charsmap"] != nil
    }.map(JSONValue.init)
  }

  private static let advice =
    "set one of the two to the other, or `tokenizer_class` to `PreTrainedTokenizerFast`, which takes "
    + "tokenizer.json as it is written"

  /// Refuses a file whose model is of another type, or has other settings, than the class gives it.
  func check(_ file: JSON, name: String) throws {
    let settings = try file.object("model")
    let type = try TokenModels.type(of: settings)
    guard type == modelType else {
      throw FileError(
        "\(file.name): `model.type` is `\(type)`, but \(name) makes a \(modelType) of it; "
          + Self.advice)
    }
    for (key, value) in model {
      guard let found = settings[key] else { continue }
      let isAsMade =
        if case .string(let text) = value {
          found.isString(text)
        } else {
          value.map { $0.bytes == JSONValue(found).bytes } ?? found.isEmptyValue
        }
      guard isAsMade else {
        throw FileError(
          "\(file.name): `model.\(key)` is \(found.found), but \(name) has "
            + "\(value.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "none"); " + Self.advice
        )
      }
    }
  }
}
