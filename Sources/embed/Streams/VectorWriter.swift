/// The vectors' way out: rows are formatted, written, and the file made whole at the end.
struct VectorWriter {
  let formatter: RowFormatter
  /// Of every vector.
  let dimensions: Int
  /// The rows written, those of a run that is resumed included.
  private(set) var rows: Int
  private let output: OutputFile
  /// Where a NumPy file grows whose reader cannot be told the number of rows later.
  private let staging: OutputFile?

  /// - `path`: `nil` and `-` are standard output.
  /// - `unfinished`: what to go on from, under `--resume`.
  init(
    to path: String?, formatter: RowFormatter, dimensions: Int,
    resuming unfinished: UnfinishedOutput? = nil
  ) throws {
    self.formatter = formatter
    self.dimensions = dimensions
    rows = unfinished?.rows ?? 0
    output = try OutputFile(path, keeping: unfinished?.bytes ?? 0)
    let isStaged = formatter.format == .npy && !output.canPatch
    staging = isStaged ? try OutputFile(temporaryFor: output.name) : nil
    if formatter.format == .npy, unfinished == nil {
      try (staging ?? output).write(header.bytes(rows: nil))
    }
  }

  /// Whether a person reads along.
  var isTerminal: Bool { output.isTerminal }

  /// The file that stays when the run does not get to its end.
  var part: String? { output.part }

  /// Formats and writes rows.
  /// - `vectors`: a vector for each row that is not a problem, in their order.
  /// - `extras`: one for each of these vectors, or none at all.
  mutating func append(
    rows: [InputRow], vectors: UnsafeBufferPointer<Float>, extras: [RowExtras] = []
  ) throws {
    var formatted: [UInt8] = []
    var position = 0
    for row in rows {
      if row.problem != nil {
        formatter.format(row: row, vector: .init(rebasing: vectors[..<0]), into: &formatted)
      } else {
        let vector = vectors[position * dimensions..<(position + 1) * dimensions]
        formatter.format(
          row: row, vector: .init(rebasing: vector),
          extras: extras.isEmpty ? nil : extras[position], into: &formatted)
        position += 1
      }
    }
    try write(formatted, rows: formatter.format.supportsMissingRows ? rows.count : position)
  }

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
    NumPyHeader(element: formatter.element, dimensions: dimensions)
  }
}
