import ModelFiles

/// The tokens that BERT and RoBERTa put around texts.
struct ClassificationTokens: Sendable {
  let cls: Int32
  let sep: Int32

  /// Reads `cls` and `sep`, each a token's text and its id.
  init(_ json: JSON) throws {
    cls = try Self.id(of: "cls", in: json)
    sep = try Self.id(of: "sep", in: json)
  }

  private static func id(of key: String, in json: JSON) throws -> Int32 {
    let pair = try json.array(key)
    guard let token = pair[0], let id = pair[1], pair.count == 2 else {
      throw FileError("\(pair.name): `\(pair.path)` should be a token and its id")
    }
    _ = try token.string()
    return try id.tokenID()
  }
}
