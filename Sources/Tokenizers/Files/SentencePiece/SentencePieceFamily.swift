import ModelFiles

/// The families of tokenizers whose layout of a SentencePiece model's ids is known: classes of
/// transformers 5.23 in lower case without `Tokenizer`.
enum SentencePieceFamily: String, CaseIterable {
  case xlmroberta, camembert, albert, xlnet, t5, debertav2, llama, gemma
  /// What reads all other models.
  case tokenizersbackend

  /// Types of models, without hyphens and underscores, that have another type's class.
  private static let types: [String: Self] = [
    "gemma2": .gemma, "gemma3": .gemma, "gemma3text": .gemma, "gemma3n": .gemma,
    "gemma3ntext": .gemma, "gte": .xlmroberta, "jinaembeddingsv3": .xlmroberta, "mt5": .t5,
    "recurrentgemma": .gemma, "switchtransformers": .t5, "t5gemma": .gemma, "xmod": .xlmroberta,
  ]
  /// Types whose own class is not asked.
  private static let others: Set<String> = [
    "internlm2", "internlm3", "llava", "ministral", "minicpm3", "mistral", "mixtral", "phi3",
    "xlmrobertaxl", "umt5",
  ]

  /// - Parameters:
  ///   - family: as `TokenizerFiles` names it, by the tokenizer's class or else the model's type.
  ///   - hasClass: whether it is by the class.
  init?(_ family: String, hasClass: Bool, modelType: String) {
    let type = modelType.lowercased().filter { $0 != "-" && $0 != "_" }
    if Self.others.contains(type) || !hasClass && type == "llama" {
      self = .tokenizersbackend
    } else if let known = Self(rawValue: family) ?? Self.types[family] {
      self = known
    } else {
      return nil
    }
  }

  /// Whether the pieces are merged, whatever the model was trained with; else they have scores.
  var isBPE: Bool {
    switch self {
    case .xlmroberta, .camembert, .albert, .xlnet, .t5, .debertav2: false
    case .llama, .gemma, .tokenizersbackend: true
    }
  }

  /// What the model must have been trained with, if the class minds.
  var onlyAlgorithm: SentencePieceModel.Algorithm? {
    switch self {
    case .camembert, .albert: .unigram
    case .tokenizersbackend: .bpe
    case .xlmroberta, .xlnet, .t5, .debertav2, .llama, .gemma: nil
    }
  }

  /// The tokens of the roles that no file names.
  func defaults(_ model: SentencePieceModel) -> [String: String] {
    self == .tokenizersbackend ? model.specialPieces : roles
  }

  /// The same, of families that ask no model.
  var roles: [String: String] {
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
    case .debertav2:
      [
        "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
        "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
      ]
    case .llama: ["bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"]
    case .gemma:
      [
        "bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>",
        "mask_token": "<mask>",
      ]
    case .tokenizersbackend: [:]
    }
  }

  /// Whether the mask takes the white space before it.
  var stripsBeforeMask: Bool { self == .camembert || self == .xlnet }

  /// What the class gives its model, whatever tokenizer.json says; `nil` for none.
  var fixedSettings: [(key: String, value: JSONValue?)] {
    switch self {
    case .xlmroberta, .camembert: [("unk_id", 3), ("byte_fallback", nil)]
    case .albert: [("unk_id", 1), ("byte_fallback", nil)]
    case .t5: [("unk_id", 2), ("byte_fallback", nil)]
    case .xlnet: [("unk_id", 0), ("byte_fallback", nil)]
    case .debertav2: [("byte_fallback", nil)]
    case .gemma: [("byte_fallback", true), ("ignore_merges", nil), ("dropout", nil)]
    case .llama:
      [
        ("fuse_unk", true), ("byte_fallback", true), ("ignore_merges", nil), ("dropout", nil),
        ("continuing_subword_prefix", nil), ("end_of_word_suffix", nil),
      ]
    case .tokenizersbackend: []
    }
  }

  /// `additional_special_tokens` that no file names.
  func additional(_ config: JSON) throws -> [String] {
    switch self {
    case .t5: try (0..<Self.extraCount(config)).map { "<extra_id_\($0)>" }
    default: []
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

  /// What surrounds a text and a pair of texts, as `EquivalentFile.template` reads it.
  func templates(_ config: JSON) throws -> (single: String, pair: String) {
    switch self {
    case .xlmroberta, .camembert:
      let single = "bos_token:0 $A:0 eos_token:0"
      return (single, single + " eos_token:0 $B:0 eos_token:0")
    case .albert, .debertav2:
      let single = "cls_token:0 $A:0 sep_token:0"
      return (single, single + " $B:1 sep_token:1")
    case .xlnet:
      return ("$A:0 sep_token:0 cls_token:2", "$A:0 sep_token:0 $B:1 sep_token:1 cls_token:2")
    case .t5: return ("$A:0 eos_token:0", "$A:0 eos_token:0 $B:0 eos_token:0")
    case .llama, .gemma, .tokenizersbackend:
      let first = try config.bool("add_bos_token", default: false)
      let last = try config.bool("add_eos_token", default: false)
      func template(_ text: String, _ segment: Int) -> String {
        (first ? "bos_token:\(segment) " : "") + "$\(text):\(segment)"
          + (last ? " eos_token:\(segment)" : "")
      }
      let single = template("A", 0)
      return (single, single + " " + template("B", 1))
    }
  }
}
