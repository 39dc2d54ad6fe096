import Embeddings
import ModelFiles
import Vectors

/// One run of `search` with texts: embeds the corpus, then answers queries as they come.
struct SearchRun {
  private let settings: SearchCommand
  /// The first, and with `--hybrid` a second.
  private let stages: [SearchStage]
  private let reranking: HitReranking?
  private let texts: [[UInt8]]?
  private let members: KeptMembers?
  /// The numbers of the rows in the corpus, where not all were read.
  private let numbers: [Int]?
  /// The names of members in a table.
  private let columns: [String]
  private var output: ResultWriter

  init(_ settings: SearchCommand) throws {
    self.settings = settings
    let model = try VectorModel(settings.model.textModel())
    let metric = try model.metric(asked: settings.compared.metric)
    if let threshold = settings.threshold, !settings.stages.areGiven, model.kind != .multi {
      try metric.check(threshold: threshold)
    }
    if let save = settings.save { try Self.check(save, model.kind) }
    let second = try settings.stages.hybrid.map {
      try VectorModel(settings.model.textModel(named: $0))
    }
    reranking = try settings.stages.rerank.map {
      try HitReranking(settings.model.reranker(named: $0))
    }
    let name = settings.vectors ?? settings.corpus.map(InputFile.name) ?? ""
    let first = try Self.corpus(settings, model)
    (texts, members, numbers) = (first.texts, first.members, first.numbers)
    output = try ResultWriter(settings.output)
    columns = output.format == .jsonl ? [] : members?.columns ?? []
    var stages = [
      try SearchStage(
        model, first.vectors, Self.rescoring(settings, first, by: metric), by: metric,
        allowed: first.allowed, name: name)
    ]
    if let second, let texts {
      let route = try second.model.route(named: "document")
      let made = try TextResults(of: texts, from: name, second, route, settings.model)
      stages.append(
        try SearchStage(
          second, .made(made.results), by: second.metric(asked: nil), allowed: first.allowed,
          name: name))
    }
    self.stages = stages
  }

  /// Sparse vectors are no NumPy array.
  private static func check(_ save: String, _ kind: ModelKind) throws {
    let wanted = kind == .sparse ? "npz" : "npy"
    guard let ending = Ending(save).text, ending != wanted else { return }
    throw FileError(
      "--save \(save): the vectors of \(kind == .sparse ? "a sparse" : "this") model are saved as "
        + ".\(wanted); name a FILE.\(wanted)")
  }

  /// A corpus: its texts and other members, and what the model makes of the texts, or made.
  private struct Corpus {
    var texts: [[UInt8]]?
    var members: KeptMembers?
    let vectors: CorpusVectors
    /// The numbers of the rows, where not all were read.
    var numbers: [Int]?
    /// Whether each row may be found; `nil` where all may.
    var allowed: [Bool]?
  }

  private static func rescoring(
    _ settings: SearchCommand, _ corpus: Corpus, by metric: Similarity
  ) throws -> StoredRescoring? {
    guard case .stored(let stored, _) = corpus.vectors, let path = settings.vectors else {
      return nil
    }
    return try settings.quantized.rescoring(
      stored, path, by: metric, threads: settings.model.threadCount)
  }

  private static func corpus(
    _ settings: SearchCommand, _ model: VectorModel
  ) throws -> Corpus {
    let route = try model.model.route(named: "document")
    var members = settings.kept.members(
      ours: RankedHit.members(reranked: settings.stages.rerank != nil), of: settings.format)
    let reader = try settings.corpus.map {
      try settings.format.reader([$0], settings.model.messages)
    }
    if let path = settings.vectors {
      let stored = try StoredVectors(path, kind: model.kind)
      var (reader, filter) = (reader, settings.kept.filter)
      var allowed: [Bool] = []
      let texts = try reader?.allTexts { row in
        members.append(row)
        if let isAllowed = filter?.accepts(row) { allowed.append(isAllowed) }
      }
      try filter?.finish()
      try members.finish(settings.model.messages)
      let treatment = try stored.treatment(path, by: model, route, settings.model, texts: texts)
      return Corpus(
        texts: texts, members: members,
        vectors: .stored(stored, treatment), allowed: filter == nil ? nil : allowed)
    }
    guard let reader else { throw FileError("no --corpus") }
    let read = try TextResults(
      reading: reader, keeping: members, where: settings.kept.filter, model, route, settings.model)
    // What was saved before is worth more than vectors of no text.
    if let path = settings.save, read.results.count > 0 {
      let record = try VectorsRecord(
        model, route, settings.model,
        contents: VectorsRecord.Contents(read.texts, read.results))
      switch read.results {
      case .rows(let matrix): try matrix.save(to: path, record)
      case .sparse(let matrix): try matrix.save(to: path, record)
      case .ragged(let groups): try groups.save(to: path, record)
      }
    }
    return Corpus(
      texts: read.texts, members: read.members, vectors: .made(read.results),
      numbers: read.numbers)
  }

  /// How many rows each stage gives the next step.
  private var depth: Int { settings.stages.depth(top: settings.top) }

  mutating func toTheEnd() throws {
    let group = stages.map { $0.group(hits: depth) }.min() ?? 1
    let size = reranking == nil ? group : min(group, HitReranking.group(candidates: depth))
    let cut = try answer(size)
    try output.finish()
    if let reranking { settings.model.messages.noteCut(pairs: cut, of: reranking.route) }
  }

  /// Answers all queries, `size` at a time at most.
  /// - Returns: how many pairs were cut that a reranker read
  private mutating func answer(_ size: Int) throws -> Int {
    var cut = 0
    if !settings.query.isEmpty {
      settings.model.messages.noteFiles(
        among: settings.query, as: "query", advice: "queries in a file are read with --queries FILE"
      )
      let queries = settings.query.map { Array($0.utf8) }
      for start in stride(from: 0, to: queries.count, by: size) {
        let part = Array(queries[start..<min(start + size, queries.count)])
        cut += try write(part) { "query \(start + $0 + 1)" }
      }
      return cut
    }
    var reader = try queryReader()
    if reader.readsTerminal {
      settings.model.messages.note(
        "waiting for queries on standard input, a line each; end with ctrl-D")
    }
    while let rows = try reader.window(upTo: size, bytes: 4 << 20) {
      // The queries before one that cannot be read are answered first.
      let readable = Array(rows.prefix { $0.text != nil })
      cut += try write(readable.compactMap(\.text), readable.map(\.source)) {
        "\(rows[$0].location)"
      }
      if readable.count < rows.count { _ = try rows[readable.count].requiredText() }
    }
    return cut
  }

  /// Those of a file, by its ending and first bytes, or a line each of standard input.
  private func queryReader() throws -> RowReader {
    guard let path = settings.queries else {
      return try RowReader([], as: TextFormat(format: .lines))
    }
    return try RowReader(
      [path], as: TextFormat(), field: settings.queryField.map(FieldNames.init) ?? .standard,
      messages: settings.model.messages)
  }

  /// - Parameter sources: the rows that the queries are of, whose own members results begin with
  private mutating func write(
    _ queries: [[UInt8]], _ sources: [SourceRow] = [], location: @Sendable (Int) -> String
  ) throws -> Int {
    let messages = settings.model.messages
    var lists = try stages.map {
      try $0.nearest(to: queries, count: depth, messages, location: location)
    }
    if lists.count > 1 {
      let fusion = settings.stages.fuse ?? .rrf
      let depth = depth
      lists = [queries.indices.map { query in fusion(lists.map { $0[query] }, count: depth) }]
    }
    let found = lists.first ?? []
    let (hits, cut) =
      if let reranking, let texts {
        try reranking(found, queries, texts, location: location)
      } else {
        (found.map { $0.map { RankedHit($0) } }, 0)
      }
    let best = hits.map { hits in
      hits.filter { $0.score >= settings.threshold ?? -.infinity }.prefix(settings.top)
    }
    guard output.format == .jsonl else {
      for (query, hits) in zip(queries, best) {
        try output.write(table(of: hits, query), under: query)
      }
      return cut
    }
    try output.write(lines: best.count) { query in
      let fields: [(String, JSONValue)] = [
        ("query", .utf8(queries[query])), ("hits", .array(best[query].map(value))),
      ]
      guard sources.indices.contains(query), !sources[query].isBare else { return .object(fields) }
      // The line feed is the output's.
      return .source(
        Array(sources[query].line(without: [.text, .rank], adding: fields).dropLast()))
    }
    return cut
  }

  private func value(_ hit: RankedHit) -> JSONValue {
    hit.value(texts?[hit.row], members, number: numbers?[hit.row] ?? hit.row)
  }

  /// The hits of a query as rows: where programs read them, each with the query.
  private func table(of hits: ArraySlice<RankedHit>, _ query: [UInt8]) -> ResultTable {
    let isForPrograms = output.format == .tsv
    let isReranked = reranking != nil
    var table = ResultTable(
      (isForPrograms ? [ResultColumn("query", .text)] : [])
        + [ResultColumn("rank", .number), ResultColumn("score", .number)]
        + (isReranked ? [ResultColumn("retrieved", .number)] : [])
        + [ResultColumn("row", .number)] + columns.map { ResultColumn($0, .field) }
        + (texts == nil ? [] : [ResultColumn("text", .text)]))
    for (rank, hit) in hits.enumerated() {
      table.append(
        (isForPrograms ? [.text(query)] : []) + [.count(rank + 1), .score(hit.score)]
          + (isReranked ? [hit.retrieved.map { .score($0) } ?? .nothing] : [])
          + [.count(numbers?[hit.row] ?? hit.row)] + (members?.cells(hit.row, columns) ?? [])
          + (texts.map { [.text($0[hit.row])] } ?? []))
    }
    return table
  }
}
