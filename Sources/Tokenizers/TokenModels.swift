import ModelFiles

/// The models that a tokenizer.json can name.
enum TokenModels {
  /// Each `type` that tokenizer.json may name. A new model adds its file and a line here.
  static let known: [String: any TokenModel.Type] = [
    "BPE": BPE.self,
    "Unigram": Unigram.self,
    "WordLevel": WordLevel.self,
    "WordPiece": WordPiece.self,
  ]

  /// Keys that tell a model whose file is from before `type` was written, the surest first.
  static let signatures: [(type: String, keys: [String])] = [
    ("BPE", ["vocab", "merges"]),
    ("WordPiece", ["vocab", "unk_token", "continuing_subword_prefix"]),
    ("WordLevel", ["vocab", "unk_token"]),
    ("Unigram", ["vocab"]),
  ]

  /// The model that `json` describes.
  static func make(_ json: JSON) throws -> any TokenModel {
    try json.component("model", of: known, as: type(of: json)).init(json)
  }

  static func type(of json: JSON) throws -> String {
    if json["type"] == nil,
      let match = signatures.first(where: { $0.keys.allSatisfy { json[$0] != nil } })
    {
      return match.type
    }
    return try json.string("type")
  }
}
