import ModelFiles
import Vectors

/// Rows that wait in a temporary file until the ranges of all vectors are known: of each the float32
/// numbers, and what is written before and after them.
struct SpooledRows {
  private let file: OutputFile
  /// The rows so far.
  private(set) var rows = 0
  /// Of all vectors so far; `nil` before the first.
  private(set) var ranges: ColumnRanges?
  /// The vectors so far.
  private(set) var count = 0

  init(for name: String) throws { file = try OutputFile(temporaryFor: name) }

  /// Appends one row as `write` takes it.
  static func append(
    _ row: InputRow, _ vector: UnsafeBufferPointer<Float>, _ extras: RowExtras?,
    _ formatter: RowFormatter, to bytes: inout [UInt8]
  ) {
    var head: [UInt8] = []
    let tail = formatter.appendHead(of: row, extras, to: &head)
    for count in [vector.count, head.count, tail.count] {
      withUnsafeBytes(of: Int64(count)) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: UnsafeRawBufferPointer(vector))
    bytes += head
    bytes += tail
  }

  /// Writes rows of `append`.
  mutating func write(_ bytes: [UInt8], rows: Int) throws {
    try file.write(bytes)
    self.rows += rows
  }

  /// Widens the ranges to these vectors.
  mutating func widen(by vectors: Matrix) {
    guard vectors.rows > 0 else { return }
    let ranges = ColumnRanges(of: vectors)
    self.ranges = self.ranges?.union(ranges) ?? ranges
    count += vectors.rows
  }

  /// Formats and writes all rows.
  /// - Throws: `CancellationError` after an interrupt.
  func write(to writer: inout VectorWriter) throws {
    var (offset, formatted, waiting) = (0, [UInt8](), 0)
    for _ in 0..<rows {
      try Interrupt.check()
      let sizes = try file.read(offset..<offset + 24).withUnsafeBytes { bytes in
        (0..<3).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
      }
      offset += 24
      let (floats, head) = (sizes[0] * 4, sizes[1])
      let row = try file.read(offset..<offset + floats + head + sizes[2])
      offset += row.count
      formatted += row[floats..<floats + head]
      if floats > 0 { writer.formatter.append(Self.floats(row, sizes[0]), to: &formatted) }
      formatted += row[(floats + head)...]
      waiting += 1
      if formatted.count >= 1 << 20 {
        try writer.write(formatted, rows: waiting)
        (formatted, waiting) = ([], 0)
      }
    }
    try writer.write(formatted, rows: waiting)
  }

  private static func floats(_ bytes: [UInt8], _ count: Int) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<count).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }
}

extension RowFormatter {
  fileprivate func append(_ vector: [Float], to output: inout [UInt8]) {
    vector.withUnsafeBufferPointer { append($0, to: &output) }
  }
}
