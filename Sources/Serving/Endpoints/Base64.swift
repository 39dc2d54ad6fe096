extension [UInt8] {
  /// Appends the float32 numbers, little-endian, in base64 with padding (RFC 4648, section 4).
  mutating func appendBase64(_ vector: UnsafeBufferPointer<Float>) {
    // Float's bytes lie as they are sent on every processor that Swift runs on; a big-endian one
    // would need them swapped first.
    appendBase64(UnsafeRawBufferPointer(vector))
  }

  /// Appends bytes in base64 with padding.
  mutating func appendBase64(_ bytes: UnsafeRawBufferPointer) {
    let length = (bytes.count + 2) / 3 * 4
    let start = count
    reserveCapacity(start + length)
    base64Pairs.withUnsafeBufferPointer { pairs in
      withUnsafeTemporaryAllocation(byteCount: Swift.min(length, 4096), alignment: 8) { text in
        // Whole groups of three bytes: 3,072 of them fill the room.
        for first in stride(from: 0, to: bytes.count, by: 3072) {
          let piece = UnsafeRawBufferPointer(
            rebasing: bytes[first..<Swift.min(first + 3072, bytes.count)])
          let written = writeBase64(piece, pairs, to: text)
          append(contentsOf: UnsafeRawBufferPointer(rebasing: text[..<written]))
        }
      }
    }
  }
}

/// The two characters of each number of 12 bits, the first in the lower byte.
private let base64Pairs: [UInt16] = {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  return (0..<4096).map { UInt16(alphabet[$0 >> 6]) | UInt16(alphabet[$0 & 63]) << 8 }
}()

/// - Returns: the characters that were written, a multiple of 4
private func writeBase64(
  _ bytes: UnsafeRawBufferPointer, _ pairs: UnsafeBufferPointer<UInt16>,
  to text: UnsafeMutableRawBufferPointer
) -> Int {
  var position = 0
  var end = 0
  while position &+ 3 <= bytes.count {
    let group =
      Int(bytes[position]) << 16 | Int(bytes[position &+ 1]) << 8 | Int(bytes[position &+ 2])
    text.storeBytes(of: pairs[group >> 12].littleEndian, toByteOffset: end, as: UInt16.self)
    text.storeBytes(
      of: pairs[group & 4095].littleEndian, toByteOffset: end &+ 2, as: UInt16.self)
    position &+= 3
    end &+= 4
  }
  let rest = bytes.count - position
  guard rest > 0 else { return end }
  let group = Int(bytes[position]) << 16 | (rest == 2 ? Int(bytes[position + 1]) << 8 : 0)
  text.storeBytes(of: pairs[group >> 12].littleEndian, toByteOffset: end, as: UInt16.self)
  text.storeBytes(of: pairs[group & 4095].littleEndian, toByteOffset: end + 2, as: UInt16.self)
  for padding in (rest + 1)..<4 { text[end + padding] = UInt8(ascii: "=") }
  return end + 4
}
