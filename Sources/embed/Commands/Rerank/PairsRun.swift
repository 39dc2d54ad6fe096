import Embeddings
import ModelFiles

/// One run of `rerank --pairs`: each row is written again with its score, in order and as soon as it
/// is ready.
struct PairsRun {
  private let scorer: PairScorer
  private let settings: RerankCommand
  private let formatter: ScoreFormatter
  private let output: OutputFile
  private var reader: RowReader
  private var progress: Progress
  private var counts = (rows: 0, cut: 0)

  init(_ scorer: PairScorer, _ settings: RerankCommand) throws {
    (self.scorer, self.settings) = (scorer, settings)
    formatter = ScoreFormatter(labels: scorer.reranker.labels, options: settings.scores)
    reader = try RowReader(
      pairs: settings.paths, as: settings.format.bytes.format, columns: settings.sources.columns)
    output = try OutputFile(settings.output.output)
    progress = settings.model.progress(
      settings.progress, total: reader.totalBytes, sharesTerminal: output.isTerminal)
    if reader.readsTerminal {
      settings.model.messages.note(
        "waiting for pairs on standard input, a line each; end with ctrl-D")
    }
  }

  /// - Throws: `CancellationError` after an interrupt, and what is wrong with the first row that
  ///   cannot be scored: all rows before it are written then
  mutating func toTheEnd() throws {
    var size = WindowSize(dimension: scorer.reranker.labels.count)
    do {
      if settings.output.isTable { try output.write(header) }
      while let rows = try reader.window(upTo: size.rows, bytes: size.bytes) {
        size.adapt(to: try ContinuousClock().measure { try write(rows) })
        progress.update(rows: counts.rows, bytes: reader.bytesRead)
      }
      try output.finish()
      progress.finish()
    } catch {
      progress.erase()
      throw error
    }
    settings.noteCut(counts.cut, of: scorer.route)
  }

  private var header: [UInt8] {
    ScoreFormatter.tabbed(formatter.columns + settings.sources.columns.names.map { Array($0.utf8) })
  }

  private mutating func write(_ rows: [InputRow]) throws {
    if counts.rows == 0, let first = rows.first {
      settings.noteReplaced(first, by: formatter.replaced(ranks: false))
    }
    let scored = try ScoredRows(rows, scorer, stops: settings.onError == .stop) { fields in
      TextPair(query: fields[0], document: fields[1])
    }
    var bytes: [UInt8] = []
    for (row, score) in zip(scored.rows, scored.scores) {
      bytes +=
        settings.output.isTable
        ? ScoreFormatter.tabbed(formatter.cells(score) + ((try? row.fields.get()) ?? []))
        : formatter.scored(row, score)
      counts.cut += score?.isCut == true ? 1 : 0
    }
    counts.rows += scored.rows.count
    try output.write(bytes)
    if let problem = scored.problem { throw problem }
  }
}
