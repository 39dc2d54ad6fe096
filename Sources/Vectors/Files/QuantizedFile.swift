package import ModelFiles
package import Tensors

/// Vectors in fewer bits in a NumPy file (`|i1`, `|u1`), which is mapped.
package struct QuantizedFile: Sendable {
  package let rows: QuantizedRows
  private let file: MappedFile

  /// Whether a file is a NumPy file of bytes.
  package static func isThere(_ path: String) throws -> Bool {
    let file = try MappedFile(path)
    return try file.withBytes {
      ["|i1", "|u1"].contains(try NumPyDescription($0, path: path).element)
    }
  }

  /// - Parameters:
  ///   - columns: how many numbers the vectors had
  ///   - ranges: of their columns, which int8 and uint8 go by
  /// - Throws: where the file has no whole rows of such vectors
  package init(
    _ path: String, _ kind: Quantization, columns: Int, ranges: ColumnRanges?
  ) throws {
    let file = try MappedFile(path)
    self.file = file
    let header = try file.withBytes { try NumPyDescription($0, path: path) }
    let width = kind.width(columns: columns)
    guard header.element == kind.elementType else {
      throw FileError(
        "\(path): its bytes are `\(header.element.prefix(20))`, should be \(kind.elementType) of "
          + "\(kind.rawValue), as the record beside it says")
    }
    guard header.shape.count == 2, header.shape[1] == width, width > 0 else {
      throw FileError(
        "\(path): the array's shape is (\(header.shape.map(String.init).joined(separator: ", "))), "
          + "should be (rows, \(width)): \(kind.rawValue) of \(columns) numbers")
    }
    guard !header.isFortranOrdered || header.shape.contains(where: { $0 < 2 }) else {
      throw FileError("\(path): the array is in Fortran order, should be in C order; make it again")
    }
    let (size, overflow) = header.shape[0].multipliedReportingOverflow(by: width)
    guard !overflow, size == file.count - header.byteCount else {
      throw FileError(
        "\(path) is cut off or too long: \(header.shape[0]) rows of \(width) bytes do not take the "
          + "\(file.count - header.byteCount) bytes after its header; make it again")
    }
    if kind.usesRanges {
      guard let ranges, ranges.minimum.count == columns, ranges.maximum.count == columns else {
        throw FileError(
          "\(path): the record beside it does not have the range of each of its \(columns) numbers")
      }
    }
    rows = file.withBytes { bytes in
      QuantizedRows(
        UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...]), owner: file, kind,
        columns: columns, ranges: ranges)
    }
  }

  /// Throws if the file has become shorter since it was opened.
  package func checkIntact() throws { try file.checkIntact() }
}

/// Rows of vectors in fewer bits, of which numbers are made when they are asked for.
///
/// What is borrowed is never written to and lives as long as its owner; that is what makes it `Sendable`.
package struct QuantizedRows: @unchecked Sendable {
  package let kind: Quantization
  /// The numbers of a vector.
  package let columns: Int
  private let bytes: UnsafeRawBufferPointer
  private let owner: any AnyObject & Sendable
  /// Of int8 and uint8, by the bytes without a sign: a number is `first[c] + byte · step[c]`.
  private let first, step: [Float]

  /// - Parameters:
  ///   - bytes: whole rows, which `owner` keeps valid and unchanged
  ///   - ranges: of the columns, which int8 and uint8 need
  package init(
    _ bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable, _ kind: Quantization,
    columns: Int, ranges: ColumnRanges?
  ) {
    (self.kind, self.columns, self.bytes, self.owner) = (kind, columns, bytes, owner)
    // The middle of the numbers that a byte stands for.
    let ranges = kind.usesRanges ? ranges : nil
    let size = ranges.map { zip($0.maximum, $0.minimum).map { ($0 - $1) / 255 } } ?? []
    step = size
    first = zip(ranges?.minimum ?? [], size).map { $0 + $1 / 2 }
  }

  /// How many vectors there are.
  package var count: Int { bytes.count / width }

  private var width: Int { kind.width(columns: columns) }

  /// Lends the bytes of one.
  package func withRow<Result>(
    _ row: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(owner) {
      try body(UnsafeRawBufferPointer(rebasing: bytes[row * width..<(row + 1) * width]))
    }
  }

  /// The numbers of some: of a bit, 1 or −1.
  /// - Shapes: → `[rows.count, columns]`
  package func raised(_ rows: Range<Int>) -> Tensor {
    Tensor([rows.count, columns]) { out in
      guard let start = out.baseAddress else { return }
      for (place, row) in rows.enumerated() {
        withRow(row) { raise($0, into: start + place * columns) }
      }
    }
  }

  private func raise(_ row: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<Float>) {
    let sign: UInt8 = kind.isSigned ? 0x80 : 0
    guard kind.usesRanges else {
      for column in 0..<columns {
        let bit = (row[column / 8] ^ sign) & (0x80 >> UInt8(column % 8))
        out[column] = bit == 0 ? -1 : 1
      }
      return
    }
    first.withUnsafeBufferPointer { first in
      step.withUnsafeBufferPointer { step in
        for column in 0..<columns {
          out[column] = first[column] + Float(row[column] ^ sign) * step[column]
        }
      }
    }
  }

  /// All of them in float32.
  package var matrix: Matrix { Matrix(raised(0..<count)) }
}
