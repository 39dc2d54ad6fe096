import ModelFiles

/// A table of byte pairs in OpenAI's format: for each token its bytes, by which ids that clients made
/// with it are read as text.
struct TokenTable: Sendable {
  private let tokens: [Int32: [UInt8]]
  /// The file's name, as clients may know it.
  private let name: String

  /// Reads a file with a token a line: its bytes in base64, a space, its id.
  init(_ path: String) throws {
    var tokens: [Int32: [UInt8]] = [:]
    let bytes = try readFile(path, limit: 1 << 28)
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count == 2, let token = Self.decoded(words[0]),
        let id = Int32(String(decoding: words[1], as: UTF8.self)), id >= 0
      else {
        throw FileError(
          "\(path): line \(number + 1) should be a token in base64, a space and its id; give a file such as "
            + "cl100k_base.tiktoken")
      }
      tokens[id] = token
    }
    guard !tokens.isEmpty else { throw FileError("\(path) has no tokens; give a .tiktoken file") }
    self.tokens = tokens
    name = path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The text of tokens, in UTF-8.
  /// - Parameter most: bytes that it may have, since a few digits can stand for many
  /// - Throws: a `Problem` where it has more, or an id is not in the table
  func text(of ids: [Int32], most: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids {
      guard let token = tokens[id] else {
        throw Problem.invalid(
          "the token id \(id) is not in \(name), by which this server reads ids; send ids of that "
            + "table, or the text (check_embedding_ctx_length=False in langchain)", "input")
      }
      guard token.count <= most - bytes.count else {
        throw Problem(
          .tooLarge, status: 413,
          "the \(ids.count) token ids stand for a text of more than \(most) bytes, the most that is "
            + "read (the server's --max-body); send a shorter one", parameter: "input")
      }
      bytes += token
    }
    // A cut may go through a character.
    return Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  private static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var (bytes, bits, count) = ([UInt8](), UInt32(0), 0)
    for character in text where character != UInt8(ascii: "=") {
      guard let value = values[character] else { return nil }
      (bits, count) = (bits << 6 & 0xFF_FFFF | value, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static let values: [UInt8: UInt32] = {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return Dictionary(
      uniqueKeysWithValues: letters.utf8.enumerated().map { ($1, UInt32($0)) })
  }()
}
