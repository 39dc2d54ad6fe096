import Embeddings
import ModelFiles

/// One run of `rerank --lists`: each row's documents are put in order, and the row is written again
/// with them, as a search writes its hits.
struct ListsRun {
  private let scorer: PairScorer
  private let settings: RerankCommand
  private let formatter: ScoreFormatter
  private let output: OutputFile
  private var reader: RowReader
  private var progress: Progress
  private var counts = (rows: 0, cut: 0)

  init(_ scorer: PairScorer, _ settings: RerankCommand) throws {
    try scorer.checkRanks()
    (self.scorer, self.settings) = (scorer, settings)
    formatter = ScoreFormatter(labels: scorer.reranker.labels, options: settings.scores)
    reader = try RowReader(lists: settings.paths, as: settings.format.bytes.format)
    output = try OutputFile(settings.output.output)
    progress = settings.model.progress(
      settings.progress, total: reader.totalBytes, sharesTerminal: output.isTerminal)
    if reader.readsTerminal {
      settings.model.messages.note(
        "waiting for lists on standard input, a line each; end with ctrl-D")
    }
  }

  // Enough for a network's batches; a list has some hundred.
  private static let fewestPairs = 128

  /// - Throws: `CancellationError` after an interrupt, and what is wrong with the first row that
  ///   cannot be ranked: all rows before it are written then
  mutating func toTheEnd() throws {
    do {
      while let rows = try reader.window(upTo: 256, bytes: 4 << 20) { try write(rows) }
      try output.finish()
      progress.finish()
    } catch {
      progress.erase()
      throw error
    }
    settings.noteCut(counts.cut, of: scorer.route)
  }

  /// Documents of several rows go through the network together, where a row has few.
  private mutating func write(_ rows: [InputRow]) throws {
    var (lists, pairs) = ([DocumentList](), [TextPair]())
    for row in rows {
      let list = DocumentList(row)
      lists.append(list)
      pairs += list.pairs
      guard pairs.count >= Self.fewestPairs else { continue }
      try write(lists, pairs)
      (lists, pairs) = ([], [])
    }
    try write(lists, pairs)
  }

  /// - Parameter pairs: those of all lists
  private mutating func write(_ lists: [DocumentList], _ pairs: [TextPair]) throws {
    var results = try scorer(pairs)[...]
    var bytes: [UInt8] = []
    for list in lists {
      let own = results.prefix(list.pairs.count)
      results = results.dropFirst(list.pairs.count)
      let made = list.ranked(own, settings, formatter)
      if let problem = made.row.problem, settings.onError == .stop {
        try output.write(bytes)
        throw problem
      }
      bytes += made.line
      counts.rows += 1
      counts.cut += own.count { ((try? $0.get())?.isCut) ?? false }
    }
    try output.write(bytes)
    progress.update(rows: counts.rows, bytes: reader.bytesRead)
  }
}
