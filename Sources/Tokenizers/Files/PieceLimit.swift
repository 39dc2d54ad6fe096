import ModelFiles

/// How many pieces, or pairs of pieces, a file may list: each takes a few bytes there, and many more
/// where they are read.
enum PieceLimit {
  // The largest vocabularies in use have a million.
  static let most = 1 << 23

  /// - Parameter what: the file, and what it lists, for the error.
  static func check(_ count: Int, _ what: @autoclosure () -> String) throws {
    guard count <= most else {
      throw FileError("\(what()): there are \(count) or more, at most \(most) are supported")
    }
  }
}

/// The bytes of a text file, which must be UTF-8, and which lists something in its lines.
func readText(_ path: String) throws -> [UInt8] {
  let bytes = try readFile(path, limit: FileLimit.tokenizer)
  if let offset = bytes.withUnsafeBytes(firstInvalidUTF8) {
    throw FileError("\(path) is not valid UTF-8 at byte \(offset); is it a text file?")
  }
  let ends = bytes.withUnsafeBytes { $0.count { $0 == 0x0A || $0 == 0x0D } }
  try PieceLimit.check(ends, "\(path): lines")
  return bytes
}
