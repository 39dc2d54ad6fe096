import ModelFiles

/// One token before a text and one after it.
struct SurroundingTokens: Sendable {
  let first: Int32
  let last: Int32

  /// Reads `cls` and `sep`, each a token's text and its id.
  init(_ json: JSON) throws {
    first = try Self.id(of: "cls", in: json)
    last = try Self.id(of: "sep", in: json)
  }

  /// Both belong to segment 0.
  func callAsFunction(_ encoding: inout Encoding) {
    encoding.ids = [first] + encoding.ids + [last]
    encoding.segments = [0] + encoding.segments + [0]
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
