import Embeddings
import Glibc
import ModelFiles
import Vectors

/// One run of `mine --negatives`: embeds the texts, then mines for anchors, some at a time, and
/// writes what was found for them.
struct NegativesRun {
  private let settings: Mine
  private let pairs: AnchorPairs
  private let search: AnchorSearch
  private let rows: NegativeRows
  private let output: OutputFile
  private var choice: HardNegatives
  private var report: NegativesReport
  private var progress: Progress

  init(_ settings: Mine) throws {
    let (options, messages) = (settings.negatives, settings.model.messages)
    self.settings = settings
    let embedder = try settings.model.load()
    let judge = try options.rerank.map { try HitReranking(settings.model.reranker(named: $0)) }
    pairs = try Self.pairs(settings)
    let ranks = options.ranks(mostPositives: pairs.mostRows)
    try Self.check(ranks, settings, texts: pairs.corpus.count)
    search = try AnchorSearch(
      embedder, pairs, settings, judge: judge, depth: ranks.upperBound + pairs.mostRows)
    output = try OutputFile(settings.output.output)
    rows = NegativeRows(
      format: options.format, hasScores: options.outputScores, wanted: options.wanted, pairs: pairs)
    choice = HardNegatives(
      ranks: ranks, count: options.wanted, limits: options.limits,
      keepsPositives: options.includePositives,
      seed: options.samplingStrategy == .random ? options.seed ?? 0 : nil)
    report = NegativesReport(options, ranks: ranks)
    progress = settings.model.progress(
      total: pairs.anchors.reduce(0) { $0 + $1.count }, sharesTerminal: output.isTerminal)
    if options.includePositives, options.narrows {
      messages.note(
        "--include-positives leaves positives among the texts, and --range-min, --range-max, scores, "
          + "margins or the draw may still leave them out")
    }
  }

  /// The pairs, and the texts of the corpus.
  private static func pairs(_ settings: Mine) throws -> AnchorPairs {
    let (options, messages) = (settings.negatives, settings.model.messages)
    if settings.paths.contains("-"), isatty(0) == 1 {
      messages.note("waiting for pairs on standard input, a line each; end with ctrl-D")
    }
    let table = try TrainingTable(
      settings.paths, as: settings.format.bytes.format,
      ColumnRequest(texts: options.columns?.names, label: .none))
    for notice in table.notices { messages.note(notice) }
    if table.names.count > 2 {
      messages.note(
        "anchors are `\(table.names[0])` and positives `\(table.names[1])`, of the columns "
          + "\(listed(table.names)); --columns A,B takes others")
    }
    let name = settings.paths.map(InputFile.name).joined(separator: ", ")
    guard let corpus = options.corpus else { return try AnchorPairs(table, file: name) }
    return try AnchorPairs(table, file: name, corpus: texts(of: corpus, settings))
  }

  private static func texts(of corpus: String, _ settings: Mine) throws -> DistinctTexts {
    let (name, messages) = (InputFile.name(corpus), settings.model.messages)
    let reader = try RowReader(
      [corpus], as: settings.corpusFormat, field: settings.format.fieldNames, messages: messages)
    let found = try DistinctTexts(reading: reader, name: name)
    guard !found.texts.isEmpty else {
      throw FileError("\(name): no texts; give a file with a text in each row, or no --corpus")
    }
    if found.texts.contains(where: AnchorPairs.isEmpty) {
      messages.note("\(name): has an empty text, which may become a negative as any other")
    }
    return found
  }

  /// Refuses ranks of which there are none, and says where there are fewer than asked for.
  private static func check(_ ranks: Range<Int>, _ settings: Mine, texts: Int) throws {
    guard texts > ranks.lowerBound else {
      throw FileError(
        "--range-min \(ranks.lowerBound) skips all \(texts) texts that negatives could be; lower it, "
          + "or give more texts with --corpus FILE")
    }
    guard let asked = settings.negatives.rangeMax, asked > texts else { return }
    settings.model.messages.note(
      "--range-max is \(asked), and there are \(texts) texts: all are looked at")
  }

  /// - Throws: `CancellationError` after an interrupt; what was found for the anchors before is
  ///   written then
  mutating func toTheEnd() throws {
    do {
      let size = search.group
      for start in stride(from: 0, to: pairs.anchors.count, by: size) {
        try Interrupt.check()
        try mine(start..<min(start + size, pairs.anchors.count))
      }
      try output.finish()
      progress.finish()
    } catch {
      progress.erase()
      throw error
    }
    let messages = settings.model.messages
    messages.noteCut(report.cut, of: search.route)
    if let route = search.judgeRoute { messages.noteCut(pairs: report.cutPairs, of: route) }
    for line in report.lines(pairs, leftOut: choice.leftOut) { messages.note(line) }
  }

  private mutating func mine(_ range: Range<Int>) throws {
    let anchors = Array(pairs.anchors[range])
    let made = try search(anchors, positives: Array(pairs.positives[range])) { index in
      let text = String(decoding: anchors[index], as: UTF8.self)
      return "anchor \(range.lowerBound + index + 1), \(listed([text]))"
    }
    report.add(cut: made.cut, cutPairs: made.cutPairs)
    var bytes: [UInt8] = []
    for (anchor, found) in zip(anchors, made.found) {
      let mined = MinedAnchor(
        anchor: anchor, positives: found.positives,
        negatives: choice(among: found.candidates, positives: found.positives))
      let count = rows.count(mined)
      report.add(mined, rows: count)
      for index in 0..<count {
        bytes += rows.row(index, mined).line
        guard bytes.count >= 1 << 20 else { continue }
        try Interrupt.check()
        try output.write(bytes)
        bytes = []
      }
    }
    try output.write(bytes)
    progress.update(rows: range.upperBound, bytes: report.bytes)
  }
}
