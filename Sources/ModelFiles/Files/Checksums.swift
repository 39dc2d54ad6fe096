import Crypto

/// The SHA-256 of each file of a model's weights, kept beside them as the lines that `sha256sum -c`
/// reads.
package struct Checksums {
  /// In the model's folder.
  package static let fileName = "SHA256SUMS"

  /// A file, relative to the model's folder, and its sum as 64 hexadecimal digits.
  package private(set) var entries: [(file: String, sum: String)] = []

  package init() {}

  /// Reads the sums beside a model's weights; `nil` where there are none.
  package init?(of folder: String) throws {
    let path = "\(folder)/\(Self.fileName)"
    guard try fileExists(path) else { return nil }
    let text = String(decoding: try readFile(path, limit: FileLimit.configuration), as: UTF8.self)
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.isEmpty { continue }
      // A space or a star before the name says how `sha256sum` opened the file.
      let (sum, rest) = (line.prefix(64), line.dropFirst(64))
      let name = rest.dropFirst(2)
      guard sum.utf8.count == 64, sum.allSatisfy(\.isHexDigit),
        rest.hasPrefix("  ") || rest.hasPrefix(" *"), !name.isEmpty, !name.hasPrefix("/"),
        !name.split(separator: "/").contains("..")
      else {
        throw FileError(
          "\(path), line \(number + 1): should be 64 hexadecimal digits, two spaces and a file below "
            + "the model's folder")
      }
      entries.append((String(name), sum.lowercased()))
    }
  }

  mutating func append(_ file: String, _ sum: SHA256.Digest) throws {
    // `sha256sum` would write it in another form.
    guard !file.contains("\n"), !file.contains("\\") else {
      throw FileError("`\(file)`: has a line feed or a backslash in its name; rename its folder")
    }
    entries.append((file, Self.text(sum)))
  }

  /// The file's bytes.
  var bytes: [UInt8] { Array(entries.map { "\($0.sum)  \($0.file)\n" }.joined().utf8) }

  /// Throws for the first file whose bytes are not those that were summed.
  /// - Parameter cancelled: asked again and again; `true` ends in `CancellationError`
  package func check(in folder: String, cancelled: () -> Bool = { false }) throws {
    for entry in entries {
      let path = "\(folder)/\(entry.file)"
      let found = try Self.sum(of: path, cancelled)
      guard found == entry.sum else {
        throw FileError(
          "\(path): its SHA-256 is \(found), \(Self.fileName) has \(entry.sum); the file was changed or "
            + "damaged: get it again, or make the model again")
      }
    }
  }

  /// The SHA-256 of a file's bytes, as 64 hexadecimal digits.
  /// - Parameter cancelled: asked again and again; `true` ends in `CancellationError`
  package static func sum(
    of path: String, _ cancelled: () -> Bool = { false }
  ) throws -> String {
    let file = try OpenFile(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var hash = SHA256()
    while true {
      if cancelled() { throw CancellationError() }
      let count = try file.next(into: buffer)
      if count == 0 { return text(hash.finalize()) }
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  private static func text(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
