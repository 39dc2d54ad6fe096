/// The table at the end of a zip archive, found through the record after it.
struct ZipDirectory {
  /// The bytes of the table.
  let range: Range<Int>
  /// How many files it says there are.
  let count: Int

  /// Sizes of the records that end an archive.
  private static let (endBytes, locatorBytes) = (22, 20)

  /// Finds the table. A comment after the last record is refused: it is where a second archive
  /// hides, which another reader would take for the first.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    let start = bytes.count - Self.endBytes
    var reader = ByteReader(bytes, name: name, at: max(start, 0))
    guard start >= 0, try reader.next(UInt32.self) == 0x0605_4b50 else {
      throw FileError(
        "\(name) does not end as a zip archive does: it is cut short, or something follows it")
    }
    var fields = try EndFields(&reader, UInt16.self, UInt32.self)
    guard try reader.next(UInt16.self) == 0 else {
      throw FileError("\(name): the archive ends with a comment, should end with its directory")
    }
    var end = start
    if let large = try Self.largeEnd(bytes, before: start, name: name) {
      guard fields.agrees(with: large.fields) else {
        throw FileError("\(name): the archive's two end records differ")
      }
      (fields, end) = (large.fields, large.start)
    }
    guard fields.isOneDisk, let offset = Int(exactly: fields.offset),
      let size = Int(exactly: fields.size), offset <= end, size == end - offset,
      // 46 bytes are the least that an entry takes.
      fields.count <= size / 46
    else {
      throw FileError(
        "\(name): the archive's directory is not where its end record says: it is damaged")
    }
    (range, count) = (offset..<end, Int(fields.count))
  }

  /// The 64-bit end record, when there is one; torch always writes it.
  private static func largeEnd(
    _ bytes: UnsafeRawBufferPointer, before end: Int, name: String
  ) throws -> (fields: EndFields, start: Int)? {
    let locator = end - locatorBytes
    guard locator >= 0 else { return nil }
    var reader = ByteReader(bytes, name: name, at: locator)
    guard try reader.next(UInt32.self) == 0x0706_4b50 else { return nil }
    let disk = try reader.next(UInt32.self)
    let offset = try reader.next(UInt64.self)
    guard disk == 0, try reader.next(UInt32.self) == 1, offset < locator else {
      throw FileError("\(name): the archive's 64-bit end record is not where it should be")
    }
    let start = Int(offset)
    reader = ByteReader(bytes, name: name, at: start)
    let signature = try reader.next(UInt32.self)
    let size = try reader.next(UInt64.self)
    try reader.skip(4)
    // The size does not count the signature and itself.
    guard signature == 0x0606_4b50, size >= 44, size == UInt64(locator - start) &- 12 else {
      throw FileError("\(name): the archive's 64-bit end record is damaged")
    }
    return (try EndFields(&reader, UInt32.self, UInt64.self), start)
  }
}

/// The fields of both end records, in 16 and 32 bits or in 32 and 64.
private struct EndFields {
  let disks: [UInt64]
  let countHere, count, size, offset: UInt64
  /// The largest numbers that fit in, which stand for "see the other record".
  private let mostCount, mostSize: UInt64

  init<Disk: FixedWidthInteger, Size: FixedWidthInteger>(
    _ reader: inout ByteReader, _: Disk.Type, _: Size.Type
  ) throws {
    disks = try [UInt64(reader.next(Disk.self)), UInt64(reader.next(Disk.self))]
    let isLarge = Size.self == UInt64.self
    countHere = try isLarge ? reader.next(UInt64.self) : UInt64(reader.next(UInt16.self))
    count = try isLarge ? reader.next(UInt64.self) : UInt64(reader.next(UInt16.self))
    (size, offset) = try (UInt64(reader.next(Size.self)), UInt64(reader.next(Size.self)))
    (mostCount, mostSize) = (UInt64(Disk.max), UInt64(Size.max))
  }

  /// Whether all of the archive is in this file.
  var isOneDisk: Bool { disks == [0, 0] && countHere == count }

  /// Whether each field says the same as the large record, or nothing.
  func agrees(with large: EndFields) -> Bool {
    zip(
      disks + [countHere, count, size, offset],
      large.disks + [large.countHere, large.count, large.size, large.offset]
    ).enumerated().allSatisfy { index, pair in
      pair.0 == pair.1 || pair.0 == (index < 4 ? mostCount : mostSize)
    }
  }
}
