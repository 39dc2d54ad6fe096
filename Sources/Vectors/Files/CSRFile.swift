import ModelFiles
import Tensors

/// Sparse rows in a file that `scipy.sparse.save_npz` wrote of a `csr` matrix, compressed or not.
package struct CSRFile: Sendable {
  package let matrix: SparseMatrix

  // Vocabularies have some hundred thousand entries.
  private static let mostColumns = 1 << 24
  // 16 GiB of one array; memory is asked for before.
  private static let mostBytes = 1 << 34

  /// - Throws: for anything but a whole matrix of floats, each column of a row once
  package init(_ path: String) throws {
    let file = try MappedFile(path)
    matrix = try file.withBytes { bytes in
      let arrays = CSRArrays(archive: try ZipArchive(bytes, name: path), path: path)
      try arrays.checkFormat()
      let shape = try arrays.wholes("shape", most: 1024)
      guard shape.count == 2, shape[0] >= 0, (1...Self.mostColumns).contains(shape[1]) else {
        throw FileError(
          "\(path): its shape is (\(shape.map(String.init).joined(separator: ", "))), should be "
            + "(rows, columns) of at most \(Self.mostColumns) columns")
      }
      let starts = try arrays.wholes("indptr", most: Self.mostBytes)
      let indices = try arrays.indices(below: shape[1], most: Self.mostBytes)
      let values = try arrays.floats("data", most: Self.mostBytes)
      guard starts.first == 0, starts.last == indices.count, indices.count == values.count,
        starts.count - 1 == shape[0], zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw FileError(
          "\(path): its indptr, indices and data do not fit each other: \(starts.count) places of "
            + "\(shape[0]) rows, \(indices.count) columns, \(values.count) numbers; make it again")
      }
      return try Self.sorted(
        SparseMatrix(columns: shape[1], starts: starts, indices: indices, values: values), path)
    }
    try file.checkIntact()
  }

  /// SciPy allows columns of a row in any order.
  private static func sorted(_ matrix: SparseMatrix, _ path: String) throws -> SparseMatrix {
    let (starts, indices) = (matrix.starts, matrix.indices)
    let isSorted = (0..<matrix.rows).allSatisfy { row in
      let range = starts[row]..<starts[row + 1]
      return zip(range, range.dropFirst()).allSatisfy { indices[$0] < indices[$1] }
    }
    guard !isSorted else { return matrix }
    // The order, which grows by doubling, and both arrays again.
    try MemoryBound.check(matrix.count, 24, for: "\(path): its columns in rising order")
    let order = (0..<matrix.rows).flatMap { row in
      (starts[row]..<starts[row + 1]).sorted { (indices[$0], $0) < (indices[$1], $1) }
    }
    let result = SparseMatrix(
      columns: matrix.columns, starts: starts, indices: order.map { indices[$0] },
      values: order.map { matrix.values[$0] })
    for row in 0..<matrix.rows {
      let range = starts[row]..<starts[row + 1]
      guard zip(range, range.dropFirst()).allSatisfy({ result.indices[$0] < result.indices[$1] })
      else {
        throw FileError(
          "\(path): row \(row), counted from 0, has a column twice; save it again after "
            + "matrix.sum_duplicates()")
      }
    }
    return result
  }

  /// Writes the archive of a matrix, from its first byte to its last.
  package static func write(
    _ matrix: SparseMatrix, _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let rows: CSRWriter.Rows = { body in
      for row in 0..<matrix.rows {
        let range = matrix.starts[row]..<matrix.starts[row + 1]
        try matrix.indices[range].withUnsafeBytes { indices in
          try matrix.values[range].withUnsafeBytes { try body(indices, $0) }
        }
      }
    }
    try CSRWriter.write(columns: matrix.columns, rows, sink)
  }

  /// The bytes of rows for a spool, to which those of further rows may be appended.
  package static func spooled(_ rows: SparseMatrix) -> [UInt8] { SparseSpool.bytes(of: rows) }

  /// How many rows of a spool that was cut off are whole, and the bytes that they take.
  package static func wholeRows(in spool: UnsafeRawBufferPointer) -> (rows: Int, byteCount: Int) {
    SparseSpool.wholeRows(in: spool)
  }

  /// Writes the archive of the rows of a spool, from its first byte to its last, in bounded memory.
  /// - Parameter name: what errors call the spool
  package static func write(
    spool: UnsafeRawBufferPointer, columns: Int, name: String,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let spool = SparseSpool(spool, columns: columns, name: name)
    try CSRWriter.write(columns: columns, { try spool.forEachRow($0) }, sink)
  }
}

/// The arrays of an archive that holds a `csr` matrix.
private struct CSRArrays {
  let archive: ZipArchive
  let path: String

  /// Refuses other sparse formats.
  func checkFormat() throws {
    // Bytes, or in older files characters of four bytes each.
    let format = try withArray("format", most: 1024) { _, bytes in
      String(decoding: bytes.prefix(64).filter { (0x21..<0x7F).contains($0) }, as: UTF8.self)
    }
    guard format == "csr" else {
      throw FileError(
        "\(path): its matrix is `\(format)`, should be csr; save it with "
          + "scipy.sparse.save_npz(path, matrix.tocsr())")
    }
  }

  /// An array of whole numbers.
  func wholes(_ name: String, most: Int) throws -> [Int] {
    try withArray(name, most: most) { header, bytes in
      switch header.element {
      case "<i4": try numbers(Int32.self, header, bytes, name) { Int(Int32(littleEndian: $0)) }
      case "<i8": try numbers(Int64.self, header, bytes, name) { Int(Int64(littleEndian: $0)) }
      default: throw other(header, "<i4 or <i8", name)
      }
    }
  }

  /// The columns, all of which must be there.
  func indices(below columns: Int, most: Int) throws -> [Int32] {
    func checked(_ index: Int) throws -> Int32 {
      guard 0 <= index, index < columns else {
        throw FileError("\(path): names column \(index) of \(columns); make it again")
      }
      return Int32(truncatingIfNeeded: index)
    }
    return try withArray("indices", most: most) { header, bytes in
      switch header.element {
      case "<i4":
        try numbers(Int32.self, header, bytes, "indices") {
          try checked(Int(Int32(littleEndian: $0)))
        }
      case "<i8":
        try numbers(Int64.self, header, bytes, "indices") {
          try checked(Int(Int64(littleEndian: $0)))
        }
      default: throw other(header, "<i4 or <i8", "indices")
      }
    }
  }

  /// An array of floats.
  func floats(_ name: String, most: Int) throws -> [Float] {
    try withArray(name, most: most) { header, bytes in
      let format = try header.format(path: "\(path): \(name)")
      try check(header, bytes, size: format.byteCount, name)
      try MemoryBound.check(bytes.count / format.byteCount, 8, for: "\(path): \(name)")
      return Tensor([bytes.count / format.byteCount], raising: bytes, from: format).elements
    }
  }

  private func numbers<Stored: FixedWidthInteger, Number>(
    _ type: Stored.Type, _ header: NumPyDescription, _ bytes: UnsafeRawBufferPointer,
    _ name: String, _ number: (Stored) throws -> Number
  ) throws -> [Number] {
    let size = MemoryLayout<Stored>.size
    try check(header, bytes, size: size, name)
    try MemoryBound.check(
      bytes.count / size, MemoryLayout<Number>.size, for: "\(path): \(name)")
    return try (0..<bytes.count / size).map {
      try number(bytes.loadUnaligned(fromByteOffset: $0 * size, as: type))
    }
  }

  private func check(
    _ header: NumPyDescription, _ bytes: UnsafeRawBufferPointer, size: Int, _ name: String
  ) throws {
    guard header.shape.count == 1, bytes.count % size == 0, header.shape[0] == bytes.count / size
    else {
      throw FileError(
        "\(path): \(name) should be one row of numbers and take \(bytes.count) bytes; make it again"
      )
    }
  }

  private func other(_ header: NumPyDescription, _ expected: String, _ name: String) -> FileError {
    FileError(
      "\(path): \(name) has numbers `\(header.element.prefix(20))`, should be \(expected)")
  }

  private func withArray<Result>(
    _ name: String, most: Int,
    _ body: (NumPyDescription, UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let result = try archive.withFile("\(name).npy", most: most) { bytes in
      let header = try NumPyDescription(bytes, path: "\(path): \(name)")
      return try body(header, UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...]))
    }
    guard let result else {
      throw FileError(
        "\(path) has no array `\(name)`; give a file that scipy.sparse.save_npz wrote of a csr matrix"
      )
    }
    return result
  }
}
