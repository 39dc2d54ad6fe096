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
  /// The temporary file of an output that can be made only once all rows are there, where the rows
  /// cannot wait in its part.
  private let spool: OutputFile?
  /// How many vectors each text has, in a NumPy file of the vectors of tokens.
  private var lengths: RaggedLengths?
  private let hasRecord: Bool

  /// Opens the output (`nil` and `-` are standard output) or, if it `resumes`, the part that an
  /// earlier run left. `record`, asked for only where there is a part, is written beside it, and
  /// must equal that of a part that is continued.
  /// - `hasManyVectors`: whether a row is the vectors of a text's tokens, any number of them
  init(
    to path: String?, formatter: RowFormatter, dimensions: Int, hasManyVectors: Bool = false,
    resumes: Bool = false, record: () throws -> VectorsRecord? = { nil }
  ) throws {
    self.formatter = formatter
    self.dimensions = dimensions
    output = try OutputFile(path, keepingPart: resumes)
    let waits =
      formatter.format == .npy && !output.canPatch
      || formatter.format == .npz && output.part == nil
    spool = waits ? try OutputFile(temporaryFor: output.name) : nil
    if formatter.format == .npy, hasManyVectors {
      lengths = try RaggedLengths(beside: output, keepingPart: resumes)
    }
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
      if rows == 0 { try lengths?.start() }
    }
  }

  /// Continues after the last complete row of a part, if a run like this one made it.
  private mutating func resume(_ record: VectorsRecord?, _ part: String) throws {
    guard let kept = try unfinished() else {
      try output.cut(to: 0)
      try record?.write(beside: part)
      return
    }
    try record?.check(resuming: part)
    lastRow = try output.read(kept.lastRow)
    rows = kept.rows
    try output.cut(to: kept.lastRow.upperBound)
    try lengths?.cut()
  }

  private mutating func unfinished() throws -> UnfinishedOutput? {
    let rowBytes = columns * (formatter.quantization == nil ? 4 : 1)
    guard var lengths else {
      return try UnfinishedOutput(output, format: formatter.format, rowBytes: rowBytes)
    }
    let found = try UnfinishedOutput(output, lengths: &lengths, rowBytes: rowBytes)
    self.lengths = lengths
    return found
  }

  /// Whether the output is a terminal.
  var isTerminal: Bool { output.isTerminal }

  /// As messages name the output.
  var name: String { output.name }

  /// The file that grows, where there is one.
  var part: String? { output.part }

  /// The file that is made, where one is whose vectors other commands read; a record of what made them
  /// belongs beside it.
  var recorded: String? {
    guard [.npy, .npz].contains(formatter.format) else { return nil }
    return output.part.map { String($0.dropLast(".part".count)) }
  }

  /// Writes rows that the formatter made, on whatever thread.
  /// - `lengths`: the vectors of each row, where rows have any number of them
  mutating func write(_ formatted: [UInt8], rows: Int, lengths: [Int] = []) throws {
    try Interrupt.checkUrgent()
    try (spool ?? output).write(formatted)
    // A text counts from here on: its vectors are there.
    try self.lengths?.append(lengths)
    self.rows += rows
  }

  /// Makes the output whole. Without it a file stays a part.
  func finish() throws {
    switch formatter.format {
    case .npz: try writeSparseRows()
    case .npy:
      try (spool ?? output).patch(header.bytes(rows: lengths?.vectors ?? rows))
      if let spool { try output.copy(of: spool) }
      // Whoever finds the vectors finds how many of them each text has.
      try lengths?.finish()
    case .jsonl, .csv, .f32, .i8, .u8: break
    }
    if let recorded {
      // The longest step comes before the one that would leave older vectors without their record, which
      // must not be beside the new ones, should the run end here.
      try output.reachDisk()
      try removeFile(VectorsRecord.path(beside: recorded))
    }
    try output.finish()
    if hasRecord, let part = output.part { try removeFile(VectorsRecord.path(beside: part)) }
  }

  /// Makes SciPy's file of the rows that waited; it takes the part's name where they waited there.
  private func writeSparseRows() throws {
    let rows = try (spool ?? output).mapped()
    let whole = try output.part.map { try OutputFile(beside: $0, named: $0) } ?? output
    do {
      try rows.withBytes { bytes in
        try CSRFile.write(spool: bytes, columns: dimensions, name: output.name) {
          try Interrupt.check()
          try whole.write($0)
        }
      }
      try rows.checkIntact()
    } catch {
      // What can be resumed is the rows; what was made of them is in no one's way then.
      if output.part != nil, let part = whole.part { try removeFile(part) }
      throw error
    }
    if output.part != nil { try whole.finish() }
  }

  /// The numbers or bytes of a row.
  private var columns: Int { formatter.quantization?.width(columns: dimensions) ?? dimensions }

  private var header: NumPyHeader {
    NumPyHeader(dimensions: columns, elementType: formatter.quantization?.elementType ?? "<f4")
  }
}
