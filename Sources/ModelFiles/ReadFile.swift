/// The most bytes of a file that is read into memory whole.
package enum FileLimit {
  /// config.json and its like, which have a few kB: 64 MiB.
  package static let configuration = 64 << 20
  /// tokenizer.json, of which large vocabularies make some 35 MB. Parsed, a file that was made to
  /// be large can take eight times its size.
  package static let tokenizer = 256 << 20
}

/// The bytes of a file of at most `limit` bytes.
package func readFile(_ path: String, limit: Int) throws -> [UInt8] {
  let file = try OpenFile(path)
  let count = file.count
  guard count <= limit else {
    throw FileError("\(path) has \(count) bytes; at most \(limit) are read of such a file")
  }
  return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    let whole = UnsafeMutableRawBufferPointer(buffer)
    while filled < count {
      let added = try file.next(into: .init(rebasing: whole[filled..<count]))
      guard added > 0 else { throw shrunk(path, from: count) }
      filled += added
    }
  }
}

/// The error of a file that lost its end while we looked at it.
func shrunk(_ path: String, from count: Int) -> FileError {
  FileError(
    "\(path) became shorter while it was being read (was \(count) bytes); "
      + "try again when nothing writes to it")
}
