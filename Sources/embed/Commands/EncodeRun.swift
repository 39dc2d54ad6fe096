import Embeddings
import ModelFiles
import Tensors
import Vectors

/// One run of `encode`: windows of rows are read, embedded and written, one after the other.
struct EncodeRun {
  private let steps: EncodeSteps
  private let settings: Encode
  private var reader: RowReader
  private var writer: VectorWriter
  /// Where rows wait for ranges that only all vectors together can tell.
  private var staged: StagedRows?
  private var progress: Progress
  private var size: WindowSize
  private var cut = 0

  init(_ steps: EncodeSteps, _ settings: Encode, _ reader: RowReader) throws {
    self.steps = steps
    self.settings = settings
    self.reader = reader
    size = WindowSize(dimension: steps.embedder.dimension)
    let ranges = try settings.calibratedRanges(steps)
    writer = try settings.output.writer(dimensions: steps.dimensions, ranges: ranges) {
      try settings.record(steps, ranges)
    }
    staged = settings.output.needsAllVectors ? try StagedRows(for: writer.name) : nil
    progress = Progress(
      settings.model.quiet ? .never : settings.progress, total: reader.totalBytes,
      sharesTerminal: writer.isTerminal)
  }

  /// - Throws: `CancellationError` after an interrupt, and what is wrong with the first row that
  ///   cannot be embedded: all rows before it are written then.
  mutating func toTheEnd() throws {
    do {
      try passWritten()
      while true {
        let rows = try reader.next(upTo: size.rows, bytes: size.bytes)
        if Interrupt.requested { throw CancellationError() }
        if rows.isEmpty { break }
        let start = Clock.seconds
        try process(rows)
        size.adapt(to: Clock.seconds - start)
        progress.update(rows: staged?.rows ?? writer.rows, bytes: reader.bytesRead)
      }
      try writeStaged()
      try writer.finish()
      progress.finish()
    } catch {
      progress.erase()
      throw error
    }
    if cut > 0, let limit = steps.prompt.limit {
      settings.model.messages.note(
        "\(cut) \(cut == 1 ? "text was" : "texts were") longer than \(limit) tokens and "
          + "cut; --long chunk reads all of such, --long error refuses them, --tokens marks them")
    }
  }

  private mutating func process(_ rows: [InputRow]) throws {
    let window = try steps(rows)
    cut += window.cut
    if staged != nil {
      let finite = window.rows.count { $0.text != nil }
      staged?.widen(by: window.vectors.firstRows(finite))
      for (bytes, rows) in try formatted(window) { try staged?.write(bytes, rows: rows) }
    } else {
      for (bytes, rows) in try formatted(window) { try writer.write(bytes, rows: rows) }
    }
    if let stop = window.stop { throw stop }
  }

  /// Writes the rows that waited, now that the ranges are known.
  private mutating func writeStaged() throws {
    guard let staged else { return }
    if let ranges = staged.ranges {
      try settings.check(calibrating: staged.count, isInput: true)
      writer.formatter.ranges = ranges
    }
    try staged.write(to: &writer)
  }

  /// Makes bytes of rows on all threads.
  /// - Returns: parts of the output, or of what is staged, each with the number of its rows
  private func formatted(_ window: EncodeWindow) throws -> [(bytes: [UInt8], rows: Int)] {
    // The vector that each row takes, or would take next.
    var position = 0
    let positions = window.rows.map { row in
      defer { position += row.text == nil ? 0 : 1 }
      return position
    }
    let (share, formatter, marksTokens) = (128, writer.formatter, settings.output.tokens)
    let stages = staged != nil
    return try Parallel.map(
      (window.rows.count + share - 1) / share, threads: steps.embedder.model.options.threads
    ) { part in
      var bytes: [UInt8] = []
      let indices = part * share..<min((part + 1) * share, window.rows.count)
      for index in indices {
        let (row, vector) = (window.rows[index], positions[index])
        func format(_ numbers: UnsafeBufferPointer<Float>, _ extras: RowExtras?) {
          if stages {
            StagedRows.append(row, numbers, extras, formatter, to: &bytes)
          } else {
            formatter.format(row: row, vector: numbers, extras: extras, into: &bytes)
          }
        }
        if row.text == nil {
          format(.init(start: nil, count: 0), nil)
        } else {
          window.vectors.withRow(vector) { format($0, marksTokens ? window.extras[vector] : nil) }
        }
      }
      return (bytes, indices.count)
    }
  }
}

/// Going on from what an earlier run wrote.
extension EncodeRun {
  /// Passes over the rows that are written already, and makes sure that this run would have
  /// written the last of them just so.
  private mutating func passWritten() throws {
    guard settings.output.resume, let part = writer.part else { return }
    guard let written = writer.lastRow else {
      settings.model.messages.note("\(part) has no row yet; beginning at the first")
      return
    }
    var left = writer.rows
    while left > 0 {
      let rows = try reader.next(upTo: min(left, size.mostRows), bytes: size.bytes)
      if Interrupt.requested { throw CancellationError() }
      guard let last = rows.last else {
        throw FileError(
          "\(part) has \(writer.rows) rows, the input only \(writer.rows - left): it is another one; "
            + "give the same, or begin anew without --resume")
      }
      left -= rows.count
      if left == 0 { try check(last, written, part) }
    }
  }

  private func check(_ row: InputRow, _ written: [UInt8], _ part: String) throws {
    // Other precisions do not promise the same bits in any company.
    guard steps.embedder.model.options.precision == .f32 else { return }
    let bytes = try formatted(steps([row])).flatMap(\.bytes)
    guard bytes == written else {
      throw FileError(
        "\(row.place) does not come to the last row of \(part): the input is another one; give the "
          + "same, or begin anew without --resume")
    }
  }
}

extension Matrix {
  fileprivate func firstRows(_ count: Int) -> Matrix { count == rows ? self : picked(0..<count) }
}
