/// The vectors' way out: rows are formatted, written, and the file made whole at the end.
struct VectorWriter {
  let formatter: RowFormatter
  /// Of every vector.
  let dimensions: Int
  /// The rows written.
  private(set) var rows = 0
  private let output: OutputFile
  /// Where a NumPy file grows whose reader cannot be told the number of rows later.
  private let staging: OutputFile?

  /// - `path`: `nil` and `-` are standard output.
  init(
    to path: String?, formatter: RowFormatter, dimensions: Int
  ) throws {
    self.formatter = formatter
    self.dimensions = dimensions
    output = try OutputFile(path)
    let isStaged = formatter.format == .npy && !output.canPatch
    staging = isStaged ? try OutputFile(temporaryFor: output.name) : nil
    if formatter.format == .npy {
      try (staging ?? output).write(header.bytes(rows: nil))
    }
  }

  /// Whether a person reads along.
  var isTerminal: Bool { output.isTerminal }

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
  }

  private var header: NumPyHeader {
    NumPyHeader(dimensions: dimensions)
  }
}
