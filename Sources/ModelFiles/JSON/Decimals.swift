/// How infinity and NaN are written.
package enum NotFinite {
  /// As JSON must.
  case null
  /// `nan`, `inf`, `-inf`: as NumPy reads them from text.
  case named

  func text(of value: Float) -> String {
    switch self {
    case .null: "null"
    case .named: value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
  }
}

extension [UInt8] {
  /// Appends the shortest decimals of a vector, with commas between them.
  package mutating func appendDecimals(_ vector: UnsafeBufferPointer<Float>, notFinite: NotFinite) {
    // A piece at a time on the stack: appending single bytes costs more than the digits.
    let piece = 64
    let room = piece * (ShortestFloat.room + 1)
    PowersOfTen.table.withUnsafeBufferPointer { powers in
      guard let base = powers.baseAddress else { return }
      let number = ShortestFloat(powers: base)
      withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { text in
        guard let bytes = text.baseAddress else { return }
        for first in stride(from: 0, to: vector.count, by: piece) {
          var length = 0
          for i in first..<Swift.min(first + piece, vector.count) {
            if i > 0 {
              bytes.storeBytes(of: UInt8(ascii: ","), toByteOffset: length, as: UInt8.self)
              length += 1
            }
            if vector[i].isFinite {
              length += number.write(vector[i], at: bytes + length)
            } else {
              let word = [UInt8](notFinite.text(of: vector[i]).utf8)
              (bytes + length).copyMemory(from: word, byteCount: word.count)
              length += word.count
            }
          }
          append(contentsOf: UnsafeRawBufferPointer(rebasing: text[..<length]))
        }
      }
    }
  }
}

/// A number with a fixed count of digits after the point.
package func fixed(_ value: Double, _ decimals: Int) -> String {
  let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
  // Beyond 2⁵³ a Double has no digits after the point to lose.
  guard (value * scale).magnitude < 9e15 else { return "\(value)" }
  let scaled = Int((value * scale).rounded())
  let digits = "\(scaled.magnitude)"
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let point = padded.index(padded.endIndex, offsetBy: -decimals)
  let sign = scaled < 0 ? "-" : ""
  return sign + padded[..<point] + (decimals > 0 ? "." + padded[point...] : "")
}
