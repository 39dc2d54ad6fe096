import ModelFiles
import Vectors

/// Writes vectors as they come, and makes the file whole at the end.
struct VectorWriter {
  var formatter: RowFormatter
  /// Of every vector, as floats.
  let dimensions: Int
  /// The rows written, those of a run that is resumed included.
  private(set) var rows = 0
  /// The last row of a run that is resumed.
  private(set) var lastRow: [UInt8]?
  private let output: OutputFile
  /// The temporary file of a NumPy output whose header cannot be patched at the end.
  private let spool: OutputFile?
  private let hasRecord: Bool

  /// Opens the output (`nil` and `-` are standard output) or, if it `resumes`, the part that an
  /// earlier run left. `record`, asked for only where there is a part, is written beside it, and
  /// must equal that of a part that is continued.
  init(
    to path: String?, formatter: RowFormatter, dimensions: Int, resumes: Bool = false,
    record: () throws -> VectorsRecord? = { nil }
  ) throws {
    self.formatter = formatter
    self.dimensions = dimensions
    output = try OutputFile(path, keepingPart: resumes)
    let spools = formatter.format == .npy && !output.canPatch
    spool = spools ? try OutputFile(temporaryFor: output.name) : nil
    let record = output.part == nil ? nil : try record()
    hasRecord = record != nil
    if resumes, let part = output.part {
      try resume(record, part)
    } else if let part = output.part {
      try record?.write(beside: part)
    }
    if formatter.format == .npy {
      let file = spool ?? output
      // Until the end no number of rows, even if an earlier run had got as far as to write it.
      try rows > 0 ? file.patch(header.bytes(rows: nil)) : file.write(header.bytes(rows: nil))
    }
  }

  /// Continues after the last complete row of a part, if a run like this one made it.
  private mutating func resume(_ record: VectorsRecord?, _ part: String) throws {
    let rowBytes = columns * (formatter.quantization == nil ? 4 : 1)
    guard let kept = try UnfinishedOutput(output, format: formatter.format, rowBytes: rowBytes)
    else {
      try output.cut(to: 0)
      try record?.write(beside: part)
      return
    }
    try record?.check(resuming: part)
    lastRow = try output.read(kept.lastRow)
    rows = kept.rows
    try output.cut(to: kept.lastRow.upperBound)
  }

  /// Whether the output is a terminal.
  var isTerminal: Bool { output.isTerminal }

  /// As messages name the output.
  var name: String { output.name }

  /// The file that grows, where there is one.
  var part: String? { output.part }

  /// Writes rows that the formatter made, on whatever thread.
  mutating func write(_ formatted: [UInt8], rows: Int) throws {
    try Interrupt.checkUrgent()
    try (spool ?? output).write(formatted)
    self.rows += rows
  }

  /// Makes the output whole. Without it a file stays a part.
  func finish() throws {
    if formatter.format == .npy { try (spool ?? output).patch(header.bytes(rows: rows)) }
    if let spool { try output.copy(of: spool) }
    try output.finish()
    if hasRecord, let part = output.part { try removeFile(VectorsRecord.path(beside: part)) }
  }

  /// The numbers or bytes of a row.
  private var columns: Int { formatter.quantization?.width(columns: dimensions) ?? dimensions }

  private var header: NumPyHeader {
    NumPyHeader(dimensions: columns, elementType: formatter.quantization?.elementType ?? "<f4")
  }
}

/// The head of a NumPy 1.0 file of one matrix, of the same length whatever the number of rows.
struct NumPyHeader {
  // NumPy wants a multiple of 64; one of 64 has no space for two 20-digit numbers.
  static let byteCount = 128

  /// The elements of a row.
  let dimensions: Int
  /// What an element is, as NumPy calls it.
  var elementType = "<f4"

  /// - `rows`: `nil` while they are still being written. The header is then not one that NumPy
  ///   accepts, so that nothing takes the file for whole.
  func bytes(rows: Int?) -> [UInt8] {
    let digits = rows.map { "\($0)" } ?? ""
    // Spaces are allowed inside the tuple, and 20 digits hold any count.
    let count = String(repeating: " ", count: max(0, 20 - digits.utf8.count)) + digits
    let dictionary =
      "{'descr': '\(elementType)', 'fortran_order': False, "
      + "'shape': (\(count), \(dimensions)), }"
    let prefix: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(Self.byteCount - 10), 0]
    let padding = max(0, Self.byteCount - prefix.count - dictionary.utf8.count - 1)
    return prefix + dictionary.utf8 + [UInt8](repeating: 0x20, count: padding) + [0x0A]
  }
}

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
    let size = try output.size()
    guard rowBytes > 0, size >= header + rowBytes else { return nil }
    rows = (size - header) / rowBytes
    lastRow = header + (rows - 1) * rowBytes..<header + rows * rowBytes
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
}
