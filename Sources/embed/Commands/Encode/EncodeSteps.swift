import Embeddings
import ModelFiles
import Tokenizers
import Vectors

/// From rows to vectors, as the options of `encode` say.
struct EncodeSteps: Sendable {
  let model: VectorModel
  let route: Route
  let long: LongTexts
  let onError: UnreadableRows
  /// What becomes of a dense vector.
  let treatment: VectorTreatment
  /// How many of the numbers of a sparse vector stay at most.
  let mostActive: Int?
  /// Whether sparse vectors get their zeros.
  let isDense: Bool

  /// The numbers of a vector.
  var dimensions: Int { treatment.dimensions ?? model.width }

  var threads: Int { model.model.options.threads }

  /// The options that change a vector, as the record of a file of them has them.
  var recorded: [String: String] {
    var options = treatment.options
    if long == .chunk { options["--long"] = long.rawValue }
    if isDense { options["--dense"] = "set" }
    options["--max-active"] = mostActive.map(String.init)
    return options
  }

  /// Embeds a window of rows. What ends the run behind them is returned, not thrown.
  func callAsFunction(_ rows: [InputRow]) throws -> EncodeWindow {
    var window = try TokenizedRows(rows, threads: threads) { text in
      guard long == .chunk, case .dense(let embedder) = model else {
        return try route.encoding(of: text)
      }
      return try embedder.uncutEncoding(of: text, by: route)
    }
    if long == .error, let limit = route.limit { window.refuseLong(limit) }
    let stop: (any Error)? = onError == .stop ? window.stopAtProblem() : nil
    // Chunked texts are counted as if they were one.
    let specials = long == .chunk ? route.specials : 0
    let extras = window.encodings.map {
      RowExtras(tokens: $0.ids.count + specials, isTruncated: $0.truncated)
    }
    let found = EncodeWindow(
      rows: window.rows, results: try results(of: window.encodings), extras: extras, stop: stop)
    return onError == .stop
      ? found.stoppingAtInfinite(model.model) : found.refusingInfinite(model.model)
  }

  private func results(of encodings: [Encoding]) throws -> Results {
    switch model {
    case .dense(let embedder):
      let vectors =
        long == .chunk
        ? try embedder.chunkedVectors(of: encodings, by: route) { Interrupt.requested }
        : try embedder.vectors(of: encodings, by: route) { Interrupt.requested }
      return .rows(treatment(vectors))
    case .sparse, .multi:
      let results = try model.results(of: encodings, by: route, mostActive: mostActive)
      guard isDense, case .sparse(let sparse) = results else { return results }
      return .rows(try Matrix(expanding: sparse))
    }
  }
}

/// Rows that may leave, in their order.
struct EncodeWindow: Sendable {
  private(set) var rows: [InputRow]
  /// One for each row that has a text; perhaps more, of rows that must not leave.
  private(set) var results: Results
  /// One for each row that has a text.
  private(set) var extras: [RowExtras]
  /// What ends the run behind these rows.
  private(set) var stop: (any Error)?

  init(rows: [InputRow], results: Results, extras: [RowExtras], stop: (any Error)?) {
    (self.rows, self.results, self.extras, self.stop) = (rows, results, extras, stop)
  }

  /// How many texts were cut.
  var cut: Int { extras.count(where: \.isTruncated) }

  /// Cut before the first row whose vector must not be printed.
  fileprivate func stoppingAtInfinite(_ model: TextModel) -> EncodeWindow {
    guard let first = (0..<results.count).first(where: { !results.isFinite(at: $0) }) else {
      return self
    }
    let withText = rows.indices.filter { rows[$0].text != nil }
    var window = self
    window.rows = Array(rows[..<withText[first]])
    window.extras = Array(extras[..<first])
    window.stop = model.notFinite("\(rows[withText[first]].location)")
    return window
  }

  /// With a problem in the place of each vector that must not be printed.
  fileprivate func refusingInfinite(_ model: TextModel) -> EncodeWindow {
    let kept = (0..<results.count).filter { results.isFinite(at: $0) }
    guard kept.count < results.count else { return self }
    var next = 0
    var window = self
    window.rows = rows.map { row in
      guard row.text != nil else { return row }
      defer { next += 1 }
      return results.isFinite(at: next) ? row : row.failing(model.whyNotFinite)
    }
    window.extras = kept.map { extras[$0] }
    window.results = results.picked(kept)
    return window
  }
}

extension Matrix {
  /// Sparse rows with their zeros.
  init(expanding sparse: SparseMatrix) throws {
    try MemoryBound.check(
      sparse.rows, sparse.columns, 4,
      for: "\(sparse.rows) sparse vectors with all their \(sparse.columns) numbers")
    var numbers = [Float](repeating: 0, count: sparse.rows * sparse.columns)
    for row in 0..<sparse.rows {
      let active = sparse[row]
      for (index, value) in zip(active.indices, active.values) {
        numbers[row * sparse.columns + Int(index)] = value
      }
    }
    self.init(columns: sparse.columns, numbers)
  }
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
