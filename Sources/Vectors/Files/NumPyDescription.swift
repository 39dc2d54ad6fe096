import ModelFiles
import Tensors

/// The header of a NumPy file: what it says of the array that follows.
struct NumPyDescription {
  /// What an element is, as NumPy calls it: `<f4`.
  let element: String
  let isFortranOrdered: Bool
  let shape: [Int]
  /// The length of the header: the array follows.
  let byteCount: Int

  // NumPy itself refuses headers of more than 10,000 bytes by default.
  private static let longestHeader = 10_000

  /// - Parameters:
  ///   - bytes: the whole file
  ///   - path: what errors call it
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    guard bytes.count >= 10, bytes.starts(with: [0x93] + "NUMPY".utf8) else {
      throw FileError(
        "\(path) is not a NumPy file: it should begin with \\x93NUMPY; give a .npy file")
    }
    guard (1...3).contains(bytes[6]), bytes[6] == 1 || bytes.count >= 12 else {
      throw FileError("\(path) is of NumPy's format \(bytes[6]), known are 1 to 3; save it again")
    }
    // Version 1 has two bytes for the length of the text, the others four.
    let start = bytes[6] == 1 ? 10 : 12
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= Self.longestHeader, start + length <= bytes.count else {
      throw FileError("\(path): its header claims \(length) bytes; the file is cut off or damaged")
    }
    byteCount = start + length
    let text = Array(bytes[start..<byteCount])
    var parser = PythonLiteral(text)
    guard let fields = parser.dictionary(),
      case .text(let descr)? = fields["descr"],
      case .truth(let isFortran)? = fields["fortran_order"],
      case .numbers(let shape)? = fields["shape"]
    else {
      throw FileError(
        "\(path): its header does not say descr, fortran_order and shape of one array of numbers; "
          + "the file is damaged, or was not finished")
    }
    (element, isFortranOrdered, self.shape) = (descr, isFortran, shape)
  }

  /// How the numbers are stored.
  /// - Throws: where they are no floats
  func format(path: String) throws -> FloatFormat {
    let formats: [String: FloatFormat] = ["<f2": .float16, "<f4": .float32, "<f8": .float64]
    guard let format = formats[element] else {
      throw FileError(
        "\(path): its numbers are `\(element.prefix(20))`, should be <f4 (or <f2, <f8); save it with "
          + "numpy.save(path, array.astype('float32'))")
    }
    return format
  }
}

/// The part of Python's literals that a NumPy header is written in: a dictionary from strings to
/// strings, truth values and tuples of whole numbers.
private struct PythonLiteral {
  enum Value {
    case text(String)
    case truth(Bool)
    case numbers([Int])
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The dictionary, if it is one and nothing but white space follows.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var fields: [String: Value] = [:]
    while !take("}") {
      guard let key = string(), take(":"), let value = value(), fields[key] == nil else {
        return nil
      }
      fields[key] = value
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    return peek() == nil ? fields : nil
  }

  private mutating func value() -> Value? {
    if take("True") { return .truth(true) }
    if take("False") { return .truth(false) }
    if let text = string() { return .text(text) }
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number() else { return nil }
      numbers.append(number)
      guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return .numbers(numbers)
  }

  private mutating func string() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return nil }
    let text = bytes[(position + 1)..<end]
    position = end + 1
    return text.contains(UInt8(ascii: "\\")) ? nil : String(decoding: text, as: UTF8.self)
  }

  private mutating func number() -> Int? {
    _ = peek()
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
    position += digits.count
    // Python 2 wrote `3L`.
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Whether these bytes come next, after white space; skips them then.
  private mutating func take(_ word: String) -> Bool {
    _ = peek()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// The next byte that is not white space.
  private mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x0A, 0x09, 0x0D].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }
}
