import Embeddings
import ModelFiles
import Tokenizers
import Vectors

/// From rows to vectors, as the options of `encode` say.
struct EncodeSteps: Sendable {
  let embedder: Embedder
  let route: Route
  let long: LongTexts
  let onError: UnreadableRows
  /// How many of the first numbers stay; `nil` for all.
  let kept: Int?
  let normalizes: Bool

  /// The numbers of a vector.
  var dimensions: Int { kept ?? embedder.dimension }

  /// Embeds a window of rows. What ends the run behind them is returned, not thrown.
  func callAsFunction(_ rows: [InputRow]) throws -> EncodeWindow {
    var window = try TokenizedRows(rows, threads: embedder.model.options.threads) { text in
      long == .chunk
        ? try embedder.uncutEncoding(of: text, by: route) : try route.encoding(of: text)
    }
    if long == .error, let limit = route.limit { window.refuseLong(limit) }
    var stop: (any Error)? = onError == .stop ? window.stopAtProblem() : nil
    let cut = window.encodings.count(where: \.truncated)
    var vectors =
      long == .chunk
      ? try embedder.chunkedVectors(of: window.encodings, by: route) { Interrupt.requested }
      : try embedder.vectors(of: window.encodings, by: route) { Interrupt.requested }
    if let kept { vectors = vectors.firstColumns(kept) }
    if normalizes { vectors = vectors.normalized() }
    switch onError {
    case .null: vectors = window.refuseInfinite(vectors, embedder.model.whyNotFinite)
    case .stop: if let found = stopAtInfinite(&window, vectors) { stop = found }
    }
    // Chunked texts are counted as if they were one.
    let specials = long == .chunk ? route.specials : 0
    let extras = window.encodings.map {
      RowExtras(tokens: $0.ids.count + specials, isTruncated: $0.truncated)
    }
    return EncodeWindow(rows: window.rows, vectors: vectors, extras: extras, cut: cut, stop: stop)
  }

  /// Cuts the window before the first row whose vector must not be printed.
  private func stopAtInfinite(_ window: inout TokenizedRows, _ vectors: Matrix) -> (any Error)? {
    var vector = 0
    for (index, row) in window.rows.enumerated() where row.text != nil {
      guard vectors.isFinite(row: vector) else {
        window.cut(to: index)
        return embedder.model.notFinite("\(row.location)")
      }
      vector += 1
    }
    return nil
  }
}

/// Rows that may leave, in their order.
struct EncodeWindow: Sendable {
  let rows: [InputRow]
  /// One for each row that has a text; perhaps more, of rows that must not leave.
  let vectors: Matrix
  /// One for each row that has a text.
  let extras: [RowExtras]
  /// How many texts were cut.
  let cut: Int
  /// What ends the run behind these rows.
  let stop: (any Error)?
}

/// How many rows are taken together: few at first, so that the first vector comes at once, then
/// as many as about a second can do, so that all threads have work and an interrupt is heard.
struct WindowSize {
  private(set) var rows: Int
  let bytes = 4 << 20
  let mostRows: Int
  private static let fewest = 32
  private static let longest = Duration.seconds(1)

  /// - Parameter dimension: the length of a vector; a bag of words has very long ones
  init(dimension: Int) {
    // 256 MiB of vectors at most.
    mostRows = max(1, min(1 << 14, (1 << 26) / max(1, dimension)))
    rows = min(Self.fewest, mostRows)
  }

  /// - Parameter taken: how long the last window took
  mutating func adapt(to taken: Duration) {
    if taken < Self.longest / 2 {
      rows = min(rows * 2, mostRows)
    } else if taken > Self.longest * 2 {
      rows = max(rows / 2, min(Self.fewest, mostRows))
    }
  }
}
