/// The files in a zip archive (PKWARE's APPNOTE 6.3.10), none compressed unless that is allowed.
/// Ambiguous archives are refused: an archive must begin with its first file and end with its last
/// record, every byte must belong to exactly one part, and duplicated fields must agree.
struct Zip {
  struct Entry {
    let name: [UInt8]
    /// Where in the archive the file's own header begins.
    let start: Int
    /// Where its bytes are, compressed or not.
    let range: Range<Int>
    /// How many bytes it has when it is not compressed.
    let size: Int
    let isCompressed: Bool
    /// CRC-32 of the bytes when they are not compressed; torch may leave it out.
    let checksum: UInt32
    /// Whether a descriptor may follow the bytes.
    let isDescribed: Bool
  }

  /// What errors call the archive.
  let name: String
  /// In the order of the directory.
  let entries: [Entry]
  private let places: [[UInt8]: Range<Int>]

  /// - Parameter allowsCompression: whether files may be compressed by deflate
  init(_ bytes: UnsafeRawBufferPointer, name: String, allowsCompression: Bool = false) throws {
    self.name = name
    let directory = try ZipDirectory(bytes, name: name)
    entries = try directory.entries(bytes, name: name, allowsCompression: allowsCompression)
    try Self.checkLayout(entries, end: directory.range.lowerBound, name: name)
    var places: [[UInt8]: Range<Int>] = [:]
    for entry in entries where places.updateValue(entry.range, forKey: entry.name) != nil {
      throw FileError("\(name): `\(legible(entry.name))` is in the archive twice")
    }
    self.places = places
  }

  /// Where the bytes of the file `name` are.
  subscript(_ name: some Sequence<UInt8>) -> Range<Int>? { places[Array(name)] }

  /// Overlaps can make a small archive expand, and gaps can hide another file.
  private static func checkLayout(_ entries: [Entry], end: Int, name: String) throws {
    let ordered = entries.sorted { $0.start < $1.start }
    // After a file's bytes a descriptor may come: a signature, a checksum, two sizes of 8 bytes.
    let ends = ordered.map { ($0.range.upperBound, slack: $0.isDescribed ? 24 : 0) }
    for ((position, slack), start) in zip([(0, 0)] + ends, ordered.map(\.start) + [end])
    where start < position || start - position > slack {
      throw FileError(
        "\(name): the archive's part at byte \(start) should begin at \(position): "
          + "it is damaged, or hides something")
    }
  }
}
