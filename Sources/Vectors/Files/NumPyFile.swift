import ModelFiles
import Tensors

/// A matrix in a NumPy file (`.npy`, versions 1 to 3), which is mapped: float32 is used in place, half
/// and double precision are converted to float32.
package struct NumPyFile: Sendable {
  package let matrix: Matrix
  private let file: MappedFile

  // Vectors of text have some thousands of numbers; a bag of words has one for each word.
  private static let mostColumns = 1 << 20
  // 4 GiB as float32, for numbers that cannot be used in place.
  private static let mostCopied = 1 << 30

  /// - Throws: for anything but a whole matrix of floats in C order.
  package init(_ path: String) throws {
    let file = try MappedFile(path)
    self.file = file
    let header = try file.withBytes { try NumPyDescription($0, path: path) }
    guard header.shape.count == 2, header.shape[1] > 0 else {
      throw FileError(
        "\(path): the array's shape is (\(header.shape.map(String.init).joined(separator: ", "))), "
          + "should be (rows, dimensions)")
    }
    guard !header.isFortranOrdered || header.shape.contains(where: { $0 < 2 }) else {
      throw FileError(
        "\(path): the array is in Fortran order, should be in C order; save it with "
          + "numpy.save(path, numpy.ascontiguousarray(array))")
    }
    guard header.shape[1] <= Self.mostColumns else {
      throw FileError(
        "\(path): its vectors have \(header.shape[1]) numbers each, at most \(Self.mostColumns) are "
          + "taken; give vectors of text")
    }
    let (count, overflow) = header.shape[0].multipliedReportingOverflow(by: header.shape[1])
    let (size, tooLarge) = count.multipliedReportingOverflow(by: header.elementSize)
    let present = file.count - header.byteCount
    guard !overflow, !tooLarge, size == present else {
      let found = present < (tooLarge || overflow ? .max : size) ? "cut off" : "too long"
      throw FileError(
        "\(path) is \(found): \(header.shape[0]) × \(header.shape[1]) numbers of "
          + "\(header.elementSize) bytes do not take the \(present) bytes after its header; "
          + "make it again")
    }
    guard count <= Self.mostCopied || Self.isUsedInPlace(header) else {
      throw FileError(
        "\(path): its \(count) numbers cannot be used where they lie, and more than "
          + "\(Self.mostCopied) are not copied; save it again with "
          + "numpy.save(path, array.astype('float32'))")
    }
    if !Self.isUsedInPlace(header) { try MemoryBound.check(count, 4, for: "\(path): its array") }
    matrix = Matrix(Self.tensor(header, file))
  }

  /// Whether the numbers are float32 at aligned addresses.
  private static func isUsedInPlace(_ header: NumPyDescription) -> Bool {
    // A mapping begins at a page.
    header.format == .float32 && header.byteCount % 4 == 0
  }

  /// Throws if the file has become shorter since it was opened, so that rows may have been read as
  /// zeros.
  package func checkIntact() throws { try file.checkIntact() }

  private static func tensor(_ header: NumPyDescription, _ file: MappedFile) -> Tensor {
    file.withBytes { bytes in
      let data = UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...])
      guard isUsedInPlace(header), !data.isEmpty else {
        return Tensor(header.shape, raising: data, from: header.format)
      }
      return Tensor(header.shape, borrowing: data.bindMemory(to: Float.self), from: file)
    }
  }
}

/// The header of a NumPy file: what it says of the array that follows.
struct NumPyDescription {
  let format: FloatFormat
  let elementSize: Int
  let isFortranOrdered: Bool
  let shape: [Int]
  /// The length of the header: the array follows.
  let byteCount: Int

  // NumPy itself refuses headers of more than 10,000 bytes by default.
  private static let longestHeader = 10_000
  private static let formats: [String: (FloatFormat, Int)] = [
    "<f2": (.float16, 2), "<f4": (.float32, 4), "<f8": (.float64, 8),
  ]

  /// - Parameter bytes: the whole file
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
    guard let (format, size) = Self.formats[descr] else {
      throw FileError(
        "\(path): its numbers are `\(descr.prefix(20))`, should be <f4 (or <f2, <f8); save it with "
          + "numpy.save(path, array.astype('float32'))")
    }
    (self.format, elementSize, isFortranOrdered, self.shape) = (format, size, isFortran, shape)
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
