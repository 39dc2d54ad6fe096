/// The header of a NumPy file that is written: version 1, as NumPy 2 writes it.
struct NumPyHeading {
  /// What an element is, as NumPy calls it: `<f4`.
  let element: String
  let shape: [Int]

  // A header's length is a multiple of 64. NumPy leaves room for the first number to grow, to the
  // digits of 2⁶⁴ with a sign.
  private static let (alignment, mostDigits) = (64, 21)

  var bytes: [UInt8] {
    let numbers = shape.map(String.init)
    let tuple = shape.count == 1 ? "\(numbers[0])," : numbers.joined(separator: ", ")
    let room = numbers.first.map { Self.mostDigits - $0.utf8.count } ?? 0
    let text =
      "{'descr': '\(element)', 'fortran_order': False, 'shape': (\(tuple)), }"
      + String(repeating: " ", count: max(0, room))
    // Ten bytes stand before the text, a line's end after it.
    let padding = Self.alignment - 1 - (10 + text.utf8.count) % Self.alignment
    let length = text.utf8.count + padding + 1
    return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + text.utf8
      + [UInt8](repeating: 0x20, count: padding) + [0x0A]
  }
}
