import ModelFiles
import Tensors

/// Groups of rows in two NumPy files: the rows of all groups in `x.npy`, and in `x.npy.lengths.npy`
/// how many each group has.
package struct RaggedFile: Sendable {
  package let matrix: RaggedMatrix
  private let rows: NumPyFile
  private let lengths: MappedFile

  /// - Parameter path: the file of the rows
  /// - Throws: where the lengths do not add up to the rows
  package init(_ path: String) throws {
    rows = try NumPyFile(path)
    let lengthsPath = Self.lengthsPath(path)
    guard try fileExists(lengthsPath) else {
      throw FileError(
        "\(path) has no \(lengthsPath) beside it, which says how many rows each text has; make it "
          + "again with a model that gives a vector for each token")
    }
    lengths = try MappedFile(lengthsPath)
    let read = try lengths.withBytes { try Self.read($0, path: lengthsPath) }
    let sum = read.reduce(0) { $1 < 0 || $0 < 0 ? -1 : $0.addingReportingOverflow($1).partialValue }
    guard sum == rows.matrix.rows else {
      throw FileError(
        "\(lengthsPath): its lengths do not add up to the \(rows.matrix.rows) rows of \(path); make "
          + "both again")
    }
    matrix = RaggedMatrix(rows.matrix, lengths: read)
  }

  /// Throws if one of the files has become shorter since it was opened.
  package func checkIntact() throws {
    try rows.checkIntact()
    try lengths.checkIntact()
  }

  /// The file of lengths beside a file of rows.
  package static func lengthsPath(_ path: String) -> String { path + ".lengths.npy" }

  /// What the file of lengths begins with; each length follows as 64 bits, the lowest byte first.
  package static func lengthsHeader(groups: Int) -> [UInt8] {
    NumPyHeading(element: "<i8", shape: [groups]).bytes
  }

  /// The whole file of lengths.
  package static func lengths(_ lengths: [Int]) -> [UInt8] {
    lengthsHeader(groups: lengths.count)
      + lengths.map { Int64($0).littleEndian }.withUnsafeBytes { Array($0) }
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, path: String) throws -> [Int] {
    let header = try NumPyDescription(bytes, path: path)
    let present = bytes.count - header.byteCount
    guard header.element == "<i8", header.shape.count == 1, present % 8 == 0,
      header.shape[0] == present / 8
    else {
      throw FileError(
        "\(path) should be one whole row of <i8 numbers, the length of each text; make it again")
    }
    try MemoryBound.check(present, 2, for: "\(path): its lengths")
    return (0..<present / 8).map {
      Int(
        Int64(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: header.byteCount + 8 * $0, as: Int64.self)))
    }
  }
}
