import ModelFiles

/// The complete rows of a part that an earlier run left.
struct UnfinishedOutput: Equatable {
  let rows: Int
  /// The bytes of the last row; what follows it was cut off.
  let lastRow: Range<Int>

  /// Looks at what a part holds; `nil` where there is not one row.
  /// - `rowBytes`: of a row in the formats for programs, whose rows are all as long.
  init?(_ output: OutputFile, format: VectorFormat, rowBytes: Int) throws {
    switch format {
    case .jsonl, .csv: (rows, lastRow) = try Self.lines(output)
    case .npz: (rows, lastRow) = try Self.sparseRows(output)
    case .npy, .f32, .i8, .u8:
      let header = format == .npy ? NumPyHeader.byteCount : 0
      let size = try output.size()
      guard rowBytes > 0, size >= header + rowBytes else { return nil }
      rows = (size - header) / rowBytes
      lastRow = header + (rows - 1) * rowBytes..<header + rows * rowBytes
    }
    if rows == 0 { return nil }
  }

  /// Looks at a part of the vectors of tokens, by their numbers in each text.
  /// - Parameter rowBytes: of a token's vector
  init?(_ output: OutputFile, lengths: inout RaggedLengths, rowBytes: Int) throws {
    let header = NumPyHeader.byteCount
    let last = try lengths.resume(fitting: max(0, try output.size() - header) / max(1, rowBytes))
    guard let last else { return nil }
    rows = lengths.texts
    let end = header + lengths.vectors * rowBytes
    lastRow = end - last * rowBytes..<end
  }

  /// A row's newline is its last byte.
  private static func lines(_ output: OutputFile) throws -> (rows: Int, last: Range<Int>) {
    let (size, share) = (try output.size(), 1 << 20)
    var (rows, start, end) = (0, 0, 0)
    for offset in stride(from: 0, to: size, by: share) {
      try Interrupt.check()
      let bytes = try output.read(offset..<min(offset + share, size))
      for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
        rows += 1
        (start, end) = (end, offset + index + 1)
      }
    }
    return (rows, start..<end)
  }

  /// Sparse rows wait as `CSRFile.spooled` has them: a count of 4 bytes, then so many indices and
  /// numbers of 4 bytes each.
  private static func sparseRows(_ output: OutputFile) throws -> (rows: Int, last: Range<Int>) {
    let file = try output.mapped()
    let found = try file.withBytes { bytes in
      var (rows, start, end) = (0, 0, 0)
      while bytes.count - end >= 4 {
        if rows & 0xFFFF == 0 { try Interrupt.check() }
        let count = Int(bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
        guard bytes.count - end - 4 >= count * 8 else { break }
        rows += 1
        (start, end) = (end, end + 4 + count * 8)
      }
      return (rows, start..<end)
    }
    try file.checkIntact()
    return found
  }
}
