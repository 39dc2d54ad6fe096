import Vectors

/// The vectors' way out: rows are formatted, written, and the file made whole at the end.
struct VectorWriter {
  var formatter: RowFormatter
  /// Of every vector, as floats.
  let dimensions: Int
  /// The rows written, those of a run that is resumed included.
  private(set) var rows = 0
  /// The last row of a run that is resumed.
  private(set) var lastRow: [UInt8]?
  private let output: OutputFile
  /// Where a NumPy file grows whose reader cannot be told the number of rows later.
  private let staging: OutputFile?
  private let hasRecord: Bool

  /// - `path`: `nil` and `-` are standard output.
  /// - `resumes`: whether to go on from a part that an earlier run left.
  /// - `record`: what is kept beside a part, and must be so of one that is gone on from; asked for
  ///   only where there is a part.
  init(
    to path: String?, formatter: RowFormatter, dimensions: Int, resumes: Bool = false,
    record: () throws -> RunRecord? = { nil }
  ) throws {
    self.formatter = formatter
    self.dimensions = dimensions
    output = try OutputFile(path, keepingPart: resumes)
    let isStaged = formatter.format == .npy && !output.canPatch
    staging = isStaged ? try OutputFile(temporaryFor: output.name) : nil
    let record = output.part == nil ? nil : try record()
    hasRecord = record != nil
    if resumes, let part = output.part {
      try resume(record, part)
    } else if let part = output.part {
      try record?.write(beside: part)
    }
    if formatter.format == .npy {
      let file = staging ?? output
      // Until the end no number of rows, even if an earlier run had got as far as to write it.
      try rows > 0 ? file.patch(header.bytes(rows: nil)) : file.write(header.bytes(rows: nil))
    }
  }

  /// Goes on behind the last whole row of a part, if a run like this one made it.
  private mutating func resume(_ record: RunRecord?, _ part: String) throws {
    let rowBytes = columns * (formatter.quantization == nil ? 4 : 1)
    guard
      let kept = try UnfinishedOutput(output, format: formatter.format, rowBytes: rowBytes)
    else {
      try output.cut(to: 0)
      try record?.write(beside: part)
      return
    }
    try record?.check(part)
    lastRow = try output.read(kept.lastRow)
    rows = kept.rows
    try output.cut(to: kept.lastRow.upperBound)
  }

  /// Whether a person reads along.
  var isTerminal: Bool { output.isTerminal }

  /// As the user knows the output.
  var name: String { output.name }

  /// The file that grows, where there is one.
  var part: String? { output.part }

  /// Writes rows that the formatter made, on whatever thread.
  mutating func write(_ formatted: [UInt8], rows: Int) throws {
    try (staging ?? output).write(formatted)
    self.rows += rows
  }

  /// Makes the output whole. Without it a file stays a part.
  func finish() throws {
    if formatter.format == .npy { try (staging ?? output).patch(header.bytes(rows: rows)) }
    if let staging { try output.copy(of: staging) }
    try output.finish()
    if hasRecord, let part = output.part { try RunRecord.remove(beside: part) }
  }

  /// The numbers or bytes of a row.
  private var columns: Int { formatter.quantization?.width(columns: dimensions) ?? dimensions }

  private var header: NumPyHeader {
    NumPyHeader(
      dimensions: columns, elementType: formatter.quantization?.elementType ?? "<f4")
  }
}
