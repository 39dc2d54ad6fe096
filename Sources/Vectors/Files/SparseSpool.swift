import ModelFiles

/// Sparse rows one after the other as bytes: of each the number of its columns, then these, then their
/// numbers, 32 bits each, the lowest byte first. So they can be kept as they come, and read again in
/// bounded memory.
struct SparseSpool {
  private let bytes: UnsafeRawBufferPointer
  private let columns: Int
  private let name: String

  /// - Parameter name: what errors call the bytes
  init(_ bytes: UnsafeRawBufferPointer, columns: Int, name: String) {
    (self.bytes, self.columns, self.name) = (bytes, columns, name)
  }

  static func bytes(of rows: SparseMatrix) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(4 * rows.rows + 8 * rows.count)
    for row in 0..<rows.rows {
      let range = rows.starts[row]..<rows.starts[row + 1]
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: range.count).littleEndian) { out += $0 }
      rows.indices[range].withUnsafeBytes { out += $0 }
      rows.values[range].withUnsafeBytes { out += $0 }
    }
    return out
  }

  /// The rows that are whole, and the bytes that they take.
  static func wholeRows(in bytes: UnsafeRawBufferPointer) -> (rows: Int, byteCount: Int) {
    var (rows, position) = (0, 0)
    while let part = row(in: bytes, at: position) { (rows, position) = (rows + 1, part.upperBound) }
    return (rows, position)
  }

  /// The bytes of the columns and numbers of the row that begins at `position`; nil where it is not
  /// whole.
  private static func row(in bytes: UnsafeRawBufferPointer, at position: Int) -> Range<Int>? {
    guard bytes.count - position >= 4 else { return nil }
    let count = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    guard Int(count) <= (bytes.count - position - 4) / 8 else { return nil }
    return position + 4..<position + 4 + 8 * Int(count)
  }

  /// Calls `body` with each row's columns and numbers, as bytes.
  /// - Throws: where the bytes are not rows of so many columns
  func forEachRow(
    _ body: (_ indices: UnsafeRawBufferPointer, _ values: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var position = 0
    while position < bytes.count {
      guard let part = Self.row(in: bytes, at: position) else { throw damage }
      let middle = part.lowerBound + part.count / 2
      let indices = UnsafeRawBufferPointer(rebasing: bytes[part.lowerBound..<middle])
      try check(indices)
      try body(indices, UnsafeRawBufferPointer(rebasing: bytes[middle..<part.upperBound]))
      position = part.upperBound
    }
  }

  private func check(_ indices: UnsafeRawBufferPointer) throws {
    var last = -1
    for offset in stride(from: 0, to: indices.count, by: 4) {
      let index = Int(
        Int32(littleEndian: indices.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
      guard index > last, index < columns else { throw damage }
      last = index
    }
  }

  private var damage: FileError {
    FileError(
      "\(name) is damaged: it does not hold whole rows of \(columns) columns; make it again")
  }
}
