/// The fields of a file that the directory and its own header both have.
private struct ZipHeader {
  let flags, method: UInt16
  let checksum: UInt32
  let storedSize, size: UInt32
  let nameLength, extraLength: Int

  init(_ reader: inout ByteReader) throws {
    try reader.skip(2)
    flags = try reader.next(UInt16.self)
    method = try reader.next(UInt16.self)
    // Time and date.
    try reader.skip(4)
    checksum = try reader.next(UInt32.self)
    storedSize = try reader.next(UInt32.self)
    size = try reader.next(UInt32.self)
    nameLength = Int(try reader.next(UInt16.self))
    extraLength = Int(try reader.next(UInt16.self))
  }

  /// Whether the sizes come after the bytes.
  var isDescribed: Bool { flags & 1 << 3 != 0 }

  /// Encrypted, strongly encrypted, or with a directory that is.
  var isEncrypted: Bool { flags & (1 | 1 << 6 | 1 << 13) != 0 }
}

extension ZipDirectory {
  private static let deflated: UInt16 = 8

  /// The files, each of which is before the table with a header that agrees with it.
  func entries(
    _ bytes: UnsafeRawBufferPointer, name: String, allowsCompression: Bool
  ) throws -> [Zip.Entry] {
    let table = UnsafeRawBufferPointer(rebasing: bytes[range])
    let files = UnsafeRawBufferPointer(rebasing: bytes[..<range.lowerBound])
    var reader = ByteReader(table, name: "\(name) (directory)")
    let entries = try (0..<count).map { _ in
      try entry(&reader, files, name: name, allowsCompression: allowsCompression)
    }
    guard reader.remaining == 0 else {
      throw FileError("\(name): the archive's directory has more in it than \(count) files")
    }
    return entries
  }

  private func entry(
    _ reader: inout ByteReader, _ files: UnsafeRawBufferPointer, name: String,
    allowsCompression: Bool
  ) throws -> Zip.Entry {
    guard try reader.next(UInt32.self) == 0x0201_4b50 else {
      throw FileError("\(name): the archive's directory is damaged")
    }
    try reader.skip(2)
    let header = try ZipHeader(&reader)
    let commentLength = Int(try reader.next(UInt16.self))
    let disk = try reader.next(UInt16.self)
    try reader.skip(6)
    let offset = try reader.next(UInt32.self)
    let file = Array(try reader.next(header.nameLength))
    let extra = try reader.next(header.extraLength)
    try reader.skip(commentLength)
    let place = "\(name): `\(legible(file))` in the archive"
    guard !header.isEncrypted else { throw FileError("\(place) is encrypted") }
    let isCompressed = header.method == Self.deflated && allowsCompression
    guard header.method == 0 || isCompressed else {
      let reason = allowsCompression ? "known is deflate" : "which torch never does"
      throw FileError("\(place) is compressed (method \(header.method)), \(reason)")
    }
    let values = try Self.wide([header.size, header.storedSize, offset], from: extra, place: place)
    guard disk == 0, isCompressed || values[0] == values[1], let size = Int(exactly: values[0]),
      let stored = Int(exactly: values[1]), let start = Int(exactly: values[2]),
      start < range.lowerBound
    else { throw FileError("\(place) lies outside of it") }
    let bytesStart = try Self.checkHeader(header, file, files, at: start, place: place)
    guard stored <= files.count - bytesStart else { throw FileError("\(place) lies outside of it") }
    return Zip.Entry(
      name: file, start: start, range: bytesStart..<bytesStart + stored, size: size,
      isCompressed: isCompressed, checksum: header.checksum, isDescribed: header.isDescribed)
  }

  /// Reads the header before a file's bytes, and returns where those begin.
  private static func checkHeader(
    _ header: ZipHeader, _ name: [UInt8], _ files: UnsafeRawBufferPointer, at start: Int,
    place: String
  ) throws -> Int {
    var reader = ByteReader(files, name: place, at: start)
    guard try reader.next(UInt32.self) == 0x0403_4b50 else {
      throw FileError("\(place) has no header where the directory says")
    }
    let own = try ZipHeader(&reader)
    let ownName = try reader.next(own.nameLength)
    // torch writes zeros for the sizes here, and the real ones after the bytes and in the directory.
    let sizes = [(own.size, header.size), (own.storedSize, header.storedSize)]
    guard ownName.elementsEqual(name), own.flags == header.flags, own.method == header.method,
      sizes.allSatisfy({ $0 == $1 || $0 == .max || ($0 == 0 && header.isDescribed) })
    else { throw FileError("\(place) differs from what the directory says of it") }
    return try reader.skip(own.extraLength).upperBound
  }

  /// Numbers of which those that do not fit into 32 bits are in an extra field, in this order.
  private static func wide(
    _ values: [UInt32], from extra: UnsafeRawBufferPointer, place: String
  ) throws -> [UInt64] {
    guard values.contains(.max) else { return values.map(UInt64.init) }
    var reader = ByteReader(extra, name: place)
    while reader.remaining > 0 {
      let (kind, length) = try (reader.next(UInt16.self), reader.next(UInt16.self))
      let field = try reader.next(Int(length))
      guard kind == 1 else { continue }
      var numbers = ByteReader(field, name: place)
      return try values.map { try $0 == .max ? numbers.next(UInt64.self) : UInt64($0) }
    }
    throw FileError("\(place) has a size or place that is missing")
  }
}
