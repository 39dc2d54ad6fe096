/// CRC-32 as zip archives have it (ISO 3309), of bytes that come in parts.
package struct Checksum: Sendable {
  private var state: UInt32 = .max

  package init() {}

  /// Of the bytes so far.
  package var value: UInt32 { ~state }

  // tables[k][b]: what byte b adds when k bytes follow it, so that eight are taken in one step
  // (Kounavis and Berry, 2008).
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { crc, _ in
        crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320
      }
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()

  /// Takes further bytes in.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var (crc, position) = (state, 0)
    Self.tables.withUnsafeBufferPointer { tables in
      while bytes.count - position >= 8 {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
          ^ UInt64(crc)
        crc = 0
        for byte in 0..<8 { crc ^= tables[(7 - byte) << 8 | Int(word >> (8 * UInt64(byte)) & 255)] }
        position += 8
      }
      for byte in bytes[position...] { crc = crc >> 8 ^ tables[Int((crc ^ UInt32(byte)) & 255)] }
    }
    state = crc
  }
}
