/// A zip archive of files that may be compressed by deflate, as NumPy's `.npz` files are.
package struct ZipArchive {
  private let zip: Zip
  private let bytes: UnsafeRawBufferPointer

  /// - Parameters:
  ///   - bytes: the archive, lent for as long as this value is used
  ///   - name: what errors call it
  package init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    zip = try Zip(bytes, name: name, allowsCompression: true)
    self.bytes = bytes
  }

  /// Lends the bytes of a file to `body`, unpacked and held against their checksum; nil where there
  /// is no such file.
  /// - Parameter most: the most bytes that it may have
  package func withFile<Result>(
    _ name: String, most: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    guard let entry = zip.entries.first(where: { $0.name.elementsEqual(name.utf8) }) else {
      return nil
    }
    let place = "\(zip.name): `\(name)` in the archive"
    guard entry.size <= most else {
      throw FileError("\(place) has \(entry.size) bytes, at most \(most) are taken")
    }
    let stored = UnsafeRawBufferPointer(rebasing: bytes[entry.range])
    guard entry.isCompressed else {
      try check(stored, entry, place)
      return try body(stored)
    }
    try MemoryBound.check(entry.size, for: place)
    let unpacked = try Inflation.bytes(of: stored, count: entry.size, name: place)
    return try unpacked.withUnsafeBytes {
      try check($0, entry, place)
      return try body($0)
    }
  }

  private func check(
    _ bytes: UnsafeRawBufferPointer, _ entry: Zip.Entry, _ place: String
  ) throws {
    var checksum = Checksum()
    checksum.update(bytes)
    guard checksum.value == entry.checksum else {
      throw FileError("\(place) is damaged: its checksum is another; make it again")
    }
  }
}
