import ModelFiles

/// The complete rows of a part that an earlier run left.
struct UnfinishedOutput: Equatable {
  let rows: Int
  /// The bytes of the last row; what follows it was cut off.
  let lastRow: Range<Int>

  /// Looks at what a part holds; `nil` where there is not one row.
  /// - `rowBytes`: of a row in the formats for programs, whose rows are all as long.
  init?(_ output: OutputFile, format: VectorFormat, rowBytes: Int) throws {
    guard format.isBinary else {
      (rows, lastRow) = try Self.lines(output)
      if rows == 0 { return nil }
      return
    }
    let header = format == .npy ? NumPyHeader.byteCount : 0
    guard rowBytes > 0, output.size >= header + rowBytes else { return nil }
    rows = (output.size - header) / rowBytes
    lastRow = header + (rows - 1) * rowBytes..<header + rows * rowBytes
  }

  /// A row's newline is its last byte.
  private static func lines(_ output: OutputFile) throws -> (rows: Int, last: Range<Int>) {
    let (size, share) = (output.size, 1 << 20)
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
}
