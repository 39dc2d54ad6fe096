/// The head of a NumPy 1.0 file of one matrix, of the same length whatever the number of rows.
struct NumPyHeader {
  // NumPy wants a multiple of 64; one of 64 has no space for two 20-digit numbers.
  static let byteCount = 128

  /// The elements of a row.
  let dimensions: Int
  /// What an element is, as NumPy calls it.
  var elementType = "<f4"

  /// - `rows`: `nil` while they are still being written. The header is then not one that NumPy
  ///   accepts, so that nothing takes the file for whole.
  func bytes(rows: Int?) -> [UInt8] {
    let digits = rows.map { "\($0)" } ?? ""
    // Spaces are allowed inside the tuple, and 20 digits hold any count.
    let count = String(repeating: " ", count: max(0, 20 - digits.utf8.count)) + digits
    let dictionary =
      "{'descr': '\(elementType)', 'fortran_order': False, "
      + "'shape': (\(count), \(dimensions)), }"
    let prefix: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(Self.byteCount - 10), 0]
    let padding = max(0, Self.byteCount - prefix.count - dictionary.utf8.count - 1)
    return prefix + dictionary.utf8 + [UInt8](repeating: 0x20, count: padding) + [0x0A]
  }
}
