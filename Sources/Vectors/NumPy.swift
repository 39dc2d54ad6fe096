import ModelFiles
import Tensors

/// A matrix in a NumPy file (`.npy`, versions 1 to 3), which is mapped, not read: float32 is used
/// where it lies, half and double precision are turned into float32.
package struct NumPyFile: Sendable {
  package let matrix: Matrix
  private let file: MappedFile

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
    matrix = Matrix(Self.tensor(header, file))
  }

  /// Throws when the file became shorter since it was opened, so that rows may have been read as
  /// zeros.
  package func checkIntact() throws { try file.checkIntact() }

  private static func tensor(_ header: NumPyDescription, _ file: MappedFile) -> Tensor {
    file.withBytes { bytes in
      let data = UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...])
      let isAligned = UInt(bitPattern: data.baseAddress) % 4 == 0
      guard header.format == .float32, isAligned, !data.isEmpty else {
        return Tensor(header.shape, raising: data, from: header.format)
      }
      return Tensor(header.shape, borrowing: data.bindMemory(to: Float.self), from: file)
    }
  }
}
