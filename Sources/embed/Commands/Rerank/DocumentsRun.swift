import Embeddings
import ModelFiles

/// One run of `rerank` with a query: scores all documents, window after window, then writes them in
/// order.
struct DocumentsRun {
  private let scorer: PairScorer
  private let settings: RerankCommand
  private let query: [UInt8]
  private let formatter: ScoreFormatter
  private let output: OutputFile
  private var reader: RowReader
  private var progress: Progress
  private var ranked: RankedRows
  private var counts = (rows: 0, cut: 0)

  init(_ scorer: PairScorer, _ settings: RerankCommand, query: String) throws {
    try scorer.checkRanks()
    (self.scorer, self.settings, self.query) = (scorer, settings, Array(query.utf8))
    formatter = ScoreFormatter(labels: scorer.reranker.labels, options: settings.scores)
    output = try OutputFile(settings.output.output)
    reader = try settings.format.reader(settings.files, settings.model.messages)
    progress = settings.model.progress(
      settings.progress, total: reader.totalBytes, sharesTerminal: false)
    ranked = RankedRows(most: settings.top, threshold: settings.threshold)
  }

  /// - Throws: `CancellationError` after an interrupt, before anything is written; what is wrong with
  ///   the first row that cannot be scored, once the rows before it are written in order
  mutating func toTheEnd() throws {
    var (size, problem) = (WindowSize(dimension: scorer.reranker.labels.count), RowProblem?.none)
    do {
      while problem == nil, let rows = try reader.window(upTo: size.rows, bytes: size.bytes) {
        size.adapt(to: try ContinuousClock().measure { problem = try score(rows) })
        progress.update(rows: counts.rows, bytes: reader.bytesRead)
      }
    } catch let error as RowProblem {
      // What ends the reading comes behind rows that were read.
      problem = error
    } catch {
      progress.erase()
      throw error
    }
    progress.erase()
    if counts.rows > 0 || problem == nil { try write() }
    if let problem { throw problem }
    try output.finish()
    settings.noteCut(counts.cut, of: scorer.route)
  }

  // What a row and its score take beside the row's bytes, about.
  private static let rowOverhead = 256

  /// - Returns: what is wrong with the row that ends the run
  private mutating func score(_ rows: [InputRow]) throws -> RowProblem? {
    // They stay until all are known, or with --top until there are better ones.
    try MemoryBound.check(
      rows.reduce(0) { $0 + $1.byteCount + Self.rowOverhead },
      for: "ranking \(counts.rows + rows.count) documents (--top N holds N of them)")
    if counts.rows == 0, let first = rows.first {
      settings.noteReplaced(first, by: formatter.replaced(ranks: true))
    }
    let scored = try ScoredRows(rows, scorer, stops: settings.onError == .stop) { fields in
      TextPair(query: query, document: fields[0])
    }
    for (row, score) in zip(scored.rows, scored.scores) {
      ranked.add(.init(row: row, index: counts.rows, score: score))
      counts.rows += 1
      counts.cut += score?.isCut == true ? 1 : 0
    }
    return scored.problem
  }

  private func write() throws {
    let format = settings.output.resolved(isTerminal: output.isTerminal)
    let entries = ranked.sorted
    if format == .table { return try output.write(table(entries)) }
    var bytes: [UInt8] = []
    if format == .tsv {
      bytes = ScoreFormatter.tabbed(["rank", "row", "score", "text"].map { Array($0.utf8) })
    }
    for (rank, entry) in entries.enumerated() {
      bytes +=
        format == .jsonl
        ? formatter.ranked(entry, rank: rank + 1, query: query)
        : ScoreFormatter.tabbed(
          ["\(rank + 1)", "\(entry.index)"].map { Array($0.utf8) } + formatter.cells(entry.score)
            + [entry.row.text ?? []])
      guard bytes.count >= 1 << 20 else { continue }
      try Interrupt.check()
      try output.write(bytes)
      bytes = []
    }
    try output.write(bytes)
  }

  private func table(_ entries: ArraySlice<RankedRows.Entry>) -> [UInt8] {
    var table = ResultTable([
      ResultColumn("rank", .number), ResultColumn("row", .number), ResultColumn("score", .number),
      ResultColumn("text", .text),
    ])
    for (rank, entry) in entries.enumerated() {
      table.append([
        .count(rank + 1), .count(entry.index), .score(entry.score?.first ?? .nan),
        .text(entry.row.text ?? []),
      ])
    }
    return Array(table.text(on: output).utf8)
  }
}

extension PairScorer {
  /// - Throws: for a model whose scores do not say which document is better
  func checkRanks() throws {
    let labels = reranker.labels
    guard labels.count != 1 else { return }
    throw FileError(
      "\(reranker.model.folder.path) scores \(labels.count) labels (\(listed(labels))), and documents "
        + "are ranked by one; use embed rerank --pairs")
  }
}
