import ModelFiles

/// The decoders that a tokenizer.json can name.
enum Decoders {
  /// Each `type` that tokenizer.json may name. A new decoder adds its file and a line here.
  static let known: [String: any TokenDecoder.Type] = [
    "BPEDecoder": BPEDecoder.self,
    "ByteFallback": ByteFallbackDecoder.self,
    "ByteLevel": ByteLevelDecoder.self,
    "CTC": CTCDecoder.self,
    "Fuse": FuseDecoder.self,
    "Metaspace": MetaspaceDecoder.self,
    "Replace": ReplaceDecoder.self,
    "Sequence": DecoderSequence.self,
    "Strip": StripDecoder.self,
    "WordPiece": WordPieceDecoder.self,
  ]

  /// The decoder that `json` describes.
  static func make(_ json: JSON) throws -> any TokenDecoder {
    try json.component("decoder", of: known, as: json.string("type")).init(json)
  }
}
