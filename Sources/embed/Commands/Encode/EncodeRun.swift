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
  /// Where rows wait for ranges that are known only once all vectors are.
  private var spool: SpooledRows?
  private var progress: Progress
  private var size: WindowSize
  private var cut = 0
  /// Of the texts so far, for the record of a file that others read.
  private var texts = Fingerprint()

  init(_ steps: EncodeSteps, _ settings: Encode, _ reader: RowReader) throws {
    self.steps = steps
    self.settings = settings
    self.reader = reader
    size = WindowSize(dimension: steps.model.numbers(steps.route))
    let ranges = try settings.calibratedRanges(steps)
    writer = try settings.output.writer(
      steps.model, dimensions: steps.dimensions, ranges: ranges,
      hasTerms: settings.kinds.sparse == .tokens
    ) {
      try settings.record(steps, ranges)
    }
    spool = settings.output.needsAllVectors ? try SpooledRows(for: writer.name) : nil
    progress = settings.model.progress(
      settings.progress, total: reader.totalBytes, sharesTerminal: writer.isTerminal)
  }

  /// - Throws: `CancellationError` after an interrupt, and what is wrong with the first row that
  ///   cannot be embedded: all rows before it are written then.
  mutating func toTheEnd() throws {
    do {
      try skipWritten()
      while let rows = try reader.window(upTo: size.rows, bytes: size.bytes) {
        size.adapt(to: try ContinuousClock().measure { try process(rows) })
        progress.update(rows: spool?.rows ?? writer.rows, bytes: reader.bytesRead)
      }
      try writeSpooled()
      try writer.finish()
      try keepRecord()
      progress.finish()
    } catch {
      progress.erase()
      sayWhatIsKept(after: error)
      throw error
    }
    let chunks = steps.model.kind == .dense ? "--long chunk reads them whole, " : ""
    settings.model.messages.noteCut(
      cut, of: steps.route,
      advice: "; \(chunks)--long error refuses them, --tokens marks them")
  }

  private mutating func process(_ rows: [InputRow]) throws {
    let window = try steps(rows)
    cut += window.cut
    addTexts(of: window.rows)
    let parts = try formatted(window)
    if spool != nil, case .rows(let vectors) = window.results {
      let finite = window.rows.count { $0.text != nil }
      spool?.widen(by: vectors.firstRows(finite))
      for part in parts { try spool?.write(part.bytes, rows: part.rows) }
    } else {
      for part in parts { try writer.write(part.bytes, rows: part.rows, lengths: part.lengths) }
    }
    if let stop = window.stop { throw stop }
  }

  /// Writes the rows that waited, now that the ranges are known.
  private mutating func writeSpooled() throws {
    guard let spool else { return }
    if let ranges = spool.ranges {
      try settings.check(calibrating: spool.count, isInput: true)
      writer.formatter.ranges = ranges
    }
    try spool.write(to: &writer)
  }

  /// A part of the output, or of the spooled.
  private typealias Part = (bytes: [UInt8], rows: Int, lengths: [Int])

  /// Makes bytes of rows on all threads.
  private func formatted(_ window: EncodeWindow) throws -> [Part] {
    // The vector that each row takes, or would take next.
    var position = 0
    let positions = window.rows.map { row in
      defer { position += row.text == nil ? 0 : 1 }
      return position
    }
    let (share, formatter, marksTokens) = (128, writer.formatter, settings.output.tokens)
    let spools = spool != nil
    return try Parallel.map(
      (window.rows.count + share - 1) / share, threads: steps.threads
    ) { part in
      var (bytes, lengths) = ([UInt8](), [Int]())
      let indices = part * share..<min((part + 1) * share, window.rows.count)
      for index in indices {
        let (row, vector) = (window.rows[index], positions[index])
        let extras = marksTokens && row.text != nil ? window.extras[vector] : nil
        if spools {
          window.spool(row, vector, extras, formatter, to: &bytes)
        } else {
          formatter.format(row: row, window.results, at: vector, extras: extras, into: &bytes)
        }
        if case .ragged(let groups) = window.results, row.text != nil {
          lengths.append(groups[vector].count)
        }
      }
      return (bytes, indices.count, lengths)
    }
  }
}

extension EncodeWindow {
  /// Appends one row and its vector, as they wait.
  fileprivate func spool(
    _ row: InputRow, _ index: Int, _ extras: RowExtras?, _ formatter: RowFormatter,
    to bytes: inout [UInt8]
  ) {
    guard row.text != nil, case .rows(let vectors) = results else {
      return SpooledRows.append(row, .init(start: nil, count: 0), nil, formatter, to: &bytes)
    }
    vectors.withRow(index) { SpooledRows.append(row, $0, extras, formatter, to: &bytes) }
  }
}

// What is left beside the vectors.
extension EncodeRun {
  private mutating func addTexts(of rows: [InputRow]) {
    guard writer.recorded != nil else { return }
    for case let text? in rows.lazy.map(\.text) { texts.add(text) }
  }

  /// Records beside a whole file what made it, so that other commands may use it.
  private func keepRecord() throws {
    guard let file = writer.recorded, writer.rows > 0 else { return }
    let quantization = settings.output.quantize.map {
      QuantizationRecord($0, columns: steps.dimensions, ranges: writer.formatter.ranges)
    }
    let kind = steps.isDense ? .dense : steps.model.kind
    let stored = try StoredVectors(file, kind: kind, quantization: quantization)
    let contents = VectorsRecord.Contents(
      rows: writer.rows, columns: stored.columns, texts: texts, vectors: stored.fingerprint)
    try VectorsRecord(
      steps.model, steps.route, settings.model, options: steps.recorded, contents: contents,
      quantization: quantization
    ).write(beside: file)
  }

  /// Says after an interrupt what need not be computed again.
  private func sayWhatIsKept(after error: any Error) {
    guard error is CancellationError, let part = writer.part, writer.rows > 0 else { return }
    settings.model.messages.note(
      "interrupted: \(grouped(writer.rows)) \(writer.rows == 1 ? "row is" : "rows are") kept in \(part); "
        + "the same command with --resume goes on from there")
  }
}

// Resuming an earlier run.
extension EncodeRun {
  /// Skips the rows that are written already, and makes sure that this run would have written the
  /// last of them just so.
  private mutating func skipWritten() throws {
    guard settings.output.resume, let part = writer.part else { return }
    guard let written = writer.lastRow else {
      let file = String(part.dropLast(".part".count))
      let older = try fileExists(file) ? ", and \(file) is replaced once all are written" : ""
      settings.model.messages.note(
        "\(part) has no rows to resume from; starting at the first\(older)")
      return
    }
    var left = writer.rows
    while left > 0 {
      let rows = try reader.window(upTo: min(left, size.mostRows), bytes: size.bytes) ?? []
      guard let last = rows.last else {
        throw FileError(
          "\(part) has \(writer.rows) rows, the input only \(writer.rows - left); give the input that "
            + "it was made of, or start again without --resume")
      }
      left -= rows.count
      addTexts(of: rows)
      if left == 0 { try check(last, written, part) }
    }
    progress.begin(rows: writer.rows, bytes: reader.bytesRead)
  }

  private func check(_ row: InputRow, _ written: [UInt8], _ part: String) throws {
    // Other precisions do not promise the same bits in any company.
    guard steps.model.model.options.precision == .f32 else { return }
    let bytes = try formatted(steps([row])).flatMap(\.bytes)
    guard bytes == written else {
      throw FileError(
        "\(row.location) does not give the last row of \(part); give the input that it was made of, "
          + "or start again without --resume")
    }
  }
}

extension Encode {
  /// What a run that resumes this one must have in common with it.
  /// - Parameter ranges: what int8 and uint8 go by
  fileprivate func record(_ steps: EncodeSteps, _ ranges: ColumnRanges?) throws -> VectorsRecord {
    var options = [
      "--format": output.resolvedFormat.rawValue, "--long": long.rawValue,
      "--on-error": onError.rawValue, "--field": input.format.fieldNames.text,
      "--dimensions": "\(steps.dimensions)",
    ]
    options["--delimiter"] = input.format.bytes.delimiter.map(Delimiter.name)
    if input.format.bytes.encoding != .utf8 {
      options["--encoding"] = input.format.bytes.encoding.name
    }
    options["--quantize"] = output.quantize?.rawValue
    options["--calibration"] = ranges.map { "vectors of hash \(Fingerprint($0).text)" }
    options["--sparse"] = kinds.sparse?.rawValue
    options["--max-active"] = kinds.maxActive.map(String.init)
    options["--pool-factor"] = kinds.poolFactor.map { "\($0)" }
    let flags = [
      ("--normalize", normalize), ("--no-text", output.noText), ("--tokens", output.tokens),
      ("--dense", kinds.dense),
    ]
    for (flag, isSet) in flags where isSet { options[flag] = "set" }
    return try VectorsRecord(steps.model, steps.route, model, options: options)
  }
}

extension Matrix {
  fileprivate func firstRows(_ count: Int) -> Matrix { count == rows ? self : picked(0..<count) }
}
