/// The records of a zip archive of files that are not compressed, as Python's `zipfile` makes them
/// for NumPy: sizes in 64 bits, no dates, the same bytes every time.
package struct ZipWriter: Sendable {
  private struct File {
    let name: [UInt8]
    let size, start: UInt64
    let checksum: UInt32
  }

  private var files: [File] = []
  /// Where the next file begins.
  private var position: UInt64 = 0

  // Python takes 64 bits for what does not fit into 31.
  private static let most: UInt64 = 1 << 31 - 1
  // The least version that knows 64 bits, and Unix as the system.
  private static let version: UInt16 = 45
  private static let unix: UInt16 = 3 << 8
  // 1 January 1980, the first day there is.
  private static let (time, date): (UInt16, UInt16) = (0, 1 << 5 | 1)
  // Owner reads and writes.
  private static let permissions: UInt32 = 0o600 << 16

  package init() {}

  /// What comes before the bytes of the next file.
  /// - Parameter checksum: of these bytes, as `Checksum` has it
  package mutating func header(_ name: String, size: Int, checksum: UInt32) -> [UInt8] {
    precondition(size >= 0 && name.utf8.count <= UInt16.max, "`\(name)` of \(size) bytes")
    let file = File(
      name: Array(name.utf8), size: UInt64(size), start: position, checksum: checksum)
    var record = Record()
    record.add32(0x0403_4b50)
    record.add16(Self.version, 0, 0, Self.time, Self.date)
    record.add32(checksum, .max, .max)
    record.add16(UInt16(file.name.count), 20)
    record.bytes += file.name
    record.add16(1, 16)
    record.add64(file.size, file.size)
    files.append(file)
    position += UInt64(record.bytes.count) + file.size
    return record.bytes
  }

  /// What comes after the bytes of the last file.
  package func directory() -> [UInt8] {
    var record = Record()
    for file in files { entry(file, in: &record) }
    let (size, count) = (UInt64(record.bytes.count), UInt64(files.count))
    let isLarge = position > Self.most || size > Self.most || count > UInt16.max
    if isLarge {
      record.add32(0x0606_4b50)
      record.add64(44)
      record.add16(Self.version, Self.version)
      record.add32(0, 0)
      record.add64(count, count, size, position)
      record.add32(0x0706_4b50, 0)
      record.add64(position + size)
      record.add32(1)
    }
    record.add32(0x0605_4b50)
    let few = UInt16(clamping: count)
    record.add16(0, 0, few, few)
    record.add32(UInt32(clamping: size), UInt32(clamping: position))
    record.add16(0)
    return record.bytes
  }

  private func entry(_ file: File, in record: inout Record) {
    let sizes = file.size > Self.most ? [file.size, file.size] : []
    let wide = sizes + (file.start > Self.most ? [file.start] : [])
    record.add32(0x0201_4b50)
    record.add16(Self.version | Self.unix, Self.version, 0, 0, Self.time, Self.date)
    let size = sizes.isEmpty ? UInt32(file.size) : .max
    record.add32(file.checksum, size, size)
    record.add16(UInt16(file.name.count), UInt16(wide.isEmpty ? 0 : 4 + 8 * wide.count), 0, 0, 0)
    record.add32(Self.permissions, file.start > Self.most ? .max : UInt32(file.start))
    record.bytes += file.name
    guard !wide.isEmpty else { return }
    record.add16(1, UInt16(8 * wide.count))
    for number in wide { record.add64(number) }
  }
}

/// Numbers one after the other, the lowest byte first.
private struct Record {
  var bytes: [UInt8] = []

  mutating func add16(_ numbers: UInt16...) { append(numbers) }
  mutating func add32(_ numbers: UInt32...) { append(numbers) }
  mutating func add64(_ numbers: UInt64...) { append(numbers) }

  private mutating func append(_ numbers: [some FixedWidthInteger]) {
    for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
  }
}
