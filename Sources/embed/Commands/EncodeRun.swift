import Embeddings
import Glibc
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// One run of `encode`: windows of rows are read, embedded and written, one after the other.
struct EncodeRun {
  private let embedder: Embedder
  private let prompt: PreparedPrompt
  private let settings: Encode
  private var reader: RowReader
  private var writer: VectorWriter
  private var progress: Progress
  private var size: WindowSize
  private var cut = 0

  init(
    embedder: Embedder, prompt: PreparedPrompt, settings: Encode, reader: RowReader
  ) throws {
    self.embedder = embedder
    self.prompt = prompt
    self.settings = settings
    self.reader = reader
    size = WindowSize(dimension: embedder.dimension)
    writer = try settings.output.writer(
      dimensions: settings.dimensions ?? embedder.dimension)
    progress = Progress(
      settings.model.quiet ? .never : settings.progress, total: reader.totalBytes,
      sharesTerminal: writer.isTerminal)
  }

  /// - Throws: `CancellationError` after an interrupt, and what is wrong with the first row that
  ///   cannot be embedded: all rows before it are written then.
  mutating func toTheEnd() throws {
    do {
      while true {
        let rows = try reader.next(upTo: size.rows, bytes: size.bytes)
        if Interrupt.requested { throw CancellationError() }
        if rows.isEmpty { break }
        let start = Clock.seconds
        try process(rows)
        size.adapt(to: Clock.seconds - start)
        progress.update(rows: writer.rows, bytes: reader.bytesRead)
      }
      try writer.finish()
      progress.finish()
    } catch {
      progress.erase()
      throw error
    }
    if cut > 0, let limit = prompt.limit {
      settings.model.messages.note(
        "\(cut) \(cut == 1 ? "text was" : "texts were") longer than \(limit) tokens and "
          + "cut; --long error refuses such, --tokens marks them")
    }
  }

  /// A window of rows: tokens, vectors, bytes. What stops the run is thrown at its end.
  private mutating func process(_ rows: [InputRow]) throws {
    var window = try TokenizedRows(rows, threads: embedder.options.threads) {
      [embedder, prompt] in try embedder.encoding(of: $0, prompt)
    }
    if settings.long == .error, let limit = prompt.limit { window.refuseLong(limit) }
    var stop = settings.onError == .stop ? window.stopAtProblem() : nil
    cut += window.encodings.count(where: \.truncated)
    var vectors = try embedder.vectors(of: window.encodings, prompt) { Interrupt.requested }
    if let dimensions = settings.dimensions { vectors = vectors.firstColumns(dimensions) }
    if settings.normalize { vectors = vectors.normalized() }
    if let found = stopAtInfinite(&window, vectors) { stop = found }
    try write(window.rows, vectors, window.encodings)
    if let stop { throw stop }
  }

  /// Cuts the window before the first row whose vector must not be printed.
  private func stopAtInfinite(_ window: inout TokenizedRows, _ vectors: Matrix) -> FileError? {
    var vector = 0
    for (index, row) in window.rows.enumerated() where row.text != nil {
      guard vectors.isFinite(row: vector) else {
        window.cut(to: index)
        return embedder.notFinite("\(row.place)")
      }
      vector += 1
    }
    return nil
  }

  /// Makes bytes of the rows, on all threads, and writes them in their order.
  private mutating func write(
    _ rows: [InputRow], _ vectors: Matrix, _ encodings: [Encoding]
  ) throws {
    // The vector that each row takes, or would take next.
    var position = 0
    let positions = rows.map { row in
      defer { position += row.text == nil ? 0 : 1 }
      return position
    }
    let (share, formatter, marksTokens) = (128, writer.formatter, settings.output.tokens)
    let parts = try Parallel.map(
      (rows.count + share - 1) / share, threads: embedder.options.threads
    ) { part in
      var bytes: [UInt8] = []
      for index in part * share..<min((part + 1) * share, rows.count) {
        let (row, vector) = (rows[index], positions[index])
        guard row.text != nil else {
          formatter.format(row: row, vector: .init(start: nil, count: 0), into: &bytes)
          continue
        }
        let encoding = encodings[vector]
        let extras = RowExtras(tokens: encoding.ids.count, isTruncated: encoding.truncated)
        vectors.withRow(vector) {
          formatter.format(
            row: row, vector: $0, extras: marksTokens ? extras : nil, into: &bytes)
        }
      }
      return bytes
    }
    for (part, bytes) in parts.enumerated() {
      try writer.write(bytes, rows: min((part + 1) * share, rows.count) - part * share)
    }
  }
}

/// How many rows are taken together: few at first, so that the first vector comes at once, then
/// as many as about a second can do, so that all threads have work and an interrupt is heard.
private struct WindowSize {
  private(set) var rows: Int
  let bytes = 4 << 20
  private let mostRows: Int
  private static let fewest = 32
  private static let longest = 1.0

  /// - Parameter dimension: the length of a vector; a bag of words has very long ones
  init(dimension: Int) {
    // 256 MiB of vectors at most.
    mostRows = max(1, min(1 << 14, (1 << 26) / max(1, dimension)))
    rows = min(Self.fewest, mostRows)
  }

  /// - Parameter taken: the seconds that the last window took
  mutating func adapt(to taken: Double) {
    if taken < Self.longest / 2 {
      rows = min(rows * 2, mostRows)
    } else if taken > Self.longest * 2 {
      rows = max(rows / 2, min(Self.fewest, mostRows))
    }
  }
}
