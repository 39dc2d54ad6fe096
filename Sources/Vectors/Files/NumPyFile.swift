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
    let format = try header.format(path: path)
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
    let (size, tooLarge) = count.multipliedReportingOverflow(by: format.byteCount)
    let present = file.count - header.byteCount
    guard !overflow, !tooLarge, size == present else {
      let found = present < (tooLarge || overflow ? .max : size) ? "cut off" : "too long"
      throw FileError(
        "\(path) is \(found): \(header.shape[0]) × \(header.shape[1]) numbers of "
          + "\(format.byteCount) bytes do not take the \(present) bytes after its header; "
          + "make it again")
    }
    let isUsedInPlace = Self.isUsedInPlace(header, format)
    guard count <= Self.mostCopied || isUsedInPlace else {
      throw FileError(
        "\(path): its \(count) numbers cannot be used where they lie, and more than "
          + "\(Self.mostCopied) are not copied; save it again with "
          + "numpy.save(path, array.astype('float32'))")
    }
    if !isUsedInPlace { try MemoryBound.check(count, 4, for: "\(path): its array") }
    matrix = Matrix(Self.tensor(header, format, file))
  }

  /// Whether the numbers are float32 at aligned addresses.
  private static func isUsedInPlace(
    _ header: NumPyDescription, _ format: FloatFormat
  ) -> Bool {
    // A mapping begins at a page.
    format == .float32 && header.byteCount % 4 == 0
  }

  /// Throws if the file has become shorter since it was opened, so that rows may have been read as
  /// zeros.
  package func checkIntact() throws { try file.checkIntact() }

  private static func tensor(
    _ header: NumPyDescription, _ format: FloatFormat, _ file: MappedFile
  ) -> Tensor {
    file.withBytes { bytes in
      let data = UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...])
      guard isUsedInPlace(header, format), !data.isEmpty else {
        return Tensor(header.shape, raising: data, from: format)
      }
      return Tensor(header.shape, borrowing: data.bindMemory(to: Float.self), from: file)
    }
  }
}
