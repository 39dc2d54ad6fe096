import ModelFiles

/// The normalizers that a tokenizer.json can name.
enum Normalizers {
  /// Each `type` that tokenizer.json may name. A new normalizer adds its file and a line here.
  static let known: [String: any Normalizer.Type] = [
    "BertNormalizer": BertNormalizer.self,
    "ByteLevel": ByteLevelNormalizer.self,
    "Lowercase": Lowercase.self,
    "NFC": UnicodeForm.self,
    "NFD": UnicodeForm.self,
    "NFKC": UnicodeForm.self,
    "NFKD": UnicodeForm.self,
    "Nmt": Nmt.self,
    "Precompiled": Precompiled.self,
    "Prepend": Prepend.self,
    "Replace": Replace.self,
    "Sequence": NormalizerSequence.self,
    "Strip": Strip.self,
    "StripAccents": StripAccents.self,
  ]

  /// The normalizer that `json` describes.
  static func make(_ json: JSON) throws -> any Normalizer {
    try json.component("normalizer", of: known, as: json.string("type")).init(json)
  }
}
