import Crypto
import ModelFiles
import NIOHTTP1

/// The keys that open the server. Only their digests are kept and compared, all of them each time,
/// so that the time an answer takes tells nothing of a key.
struct APIKeys: Sendable {
  /// The most bytes of a file of keys.
  private static let longestFile = 1 << 20

  private let digests: [SHA256.Digest]

  /// - Throws: where a file cannot be read, has no key, or a key is empty: such a server would be
  ///   open to all, or to none
  init(_ options: ServeOptions) throws {
    var keys = try options.keys.map { key in
      guard let key = Self.trimmed(Array(key.utf8)[...]) else {
        throw FileError("an API key is empty; leave it out where none is needed")
      }
      return key
    }
    if let path = options.keyFile { keys += try Self.keys(in: path) }
    digests = keys.map { SHA256.hash(data: $0) }
  }

  /// Whether no key is needed.
  var isEmpty: Bool { digests.isEmpty }

  /// Whether a request has one of them: as `Authorization: Bearer KEY` or, as older clients send it,
  /// without the word; as `api-key`, or as `x-api-key`.
  func admit(_ headers: HTTPHeaders) -> Bool {
    Self.candidates(headers).reduce(false) { hit, key in
      let digest = SHA256.hash(data: key)
      // Comparing digests takes the same time for any two; no key is skipped once one is right.
      return digests.reduce(hit) { hit, known in
        let isKnown = known == digest
        return hit || isKnown
      }
    }
  }

  /// Whether a request says a key at all, right or wrong.
  static func areGiven(in headers: HTTPHeaders) -> Bool { !candidates(headers).isEmpty }

  private static func candidates(_ headers: HTTPHeaders) -> [[UInt8]] {
    let whole = ["authorization", "api-key", "x-api-key"].flatMap { headers[$0] }
    let bearers = headers["authorization"].compactMap { value in
      let words = value.drop { $0 == " " }.split(separator: " ", maxSplits: 1)
      return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }
    return (whole + bearers).compactMap { trimmed(Array($0.utf8)[...]) }
  }

  private static func keys(in path: String) throws -> [[UInt8]] {
    var text = try readFile(path, limit: longestFile)[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    let keys = text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).compactMap(trimmed)
      .filter { $0.first != UInt8(ascii: "#") }
    guard !keys.isEmpty else {
      throw FileError("\(path) has no key: each stands on a line of its own, # begins a comment")
    }
    return keys
  }

  /// Without white space around it; `nil` where nothing else is there.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return nil }
    return Array(bytes[first...last])
  }
}
