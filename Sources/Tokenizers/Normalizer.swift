package import ModelFiles

/// Rewrites text before it is split. The first of the four stages of a tokenizer.
package protocol Normalizer: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  func callAsFunction(_ text: inout TextBuffer) throws
}

enum Normalizers {
  /// Each `type` that tokenizer.json may name. A new normalizer adds its file and a line here.
  static let known: [String: any Normalizer.Type] = [
    "BertNormalizer": BertNormalizer.self,
    "ByteLevel": ByteLevelNormalizer.self,
    "Lowercase": Lowercase.self,
    "NFC": NFC.self,
    "NFD": NFD.self,
    "NFKC": NFKC.self,
    "NFKD": NFKD.self,
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
