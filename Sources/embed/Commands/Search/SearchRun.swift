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
    (texts, members) = (first.texts, first.members)
    var stages = [
      try SearchStage(model, first.results, first.stored, by: metric, name: name)
    ]
    if let second, let texts {
      let route = try second.model.route(named: "document")
      let made = try TextResults(of: texts, from: name, second, route, settings.model)
      stages.append(
        try SearchStage(second, made.results, by: second.metric(asked: nil), name: name))
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
    let results: Results
    var stored: StoredVectors?
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
      var reader = reader
      let texts = try reader?.allTexts { members.append($0) }
      try members.finish(settings.model.messages)
      try VectorsRecord(model, route, settings.model, contents: (texts ?? [], stored.results))
        .check(vectors: path, stored.results, texts: texts != nil)
      guard stored.results.columns == model.width else {
        throw FileError(
          "\(path) has vectors of \(stored.results.columns) numbers, the model gives \(model.width); "
            + "use the model that made them")
      }
      return Corpus(texts: texts, members: members, results: stored.results, stored: stored)
    }
    guard let reader else { throw FileError("no --corpus") }
    let read = try TextResults(reading: reader, keeping: members, model, route, settings.model)
    // What was saved before is worth more than vectors of no text.
    if let path = settings.save, read.results.count > 0 {
      let record = try VectorsRecord(
        model, route, settings.model, contents: (read.texts, read.results))
      switch read.results {
      case .rows(let matrix): try matrix.save(to: path, record)
      case .sparse(let matrix): try matrix.save(to: path, record)
      case .ragged(let groups): try groups.save(to: path, record)
      }
    }
    return Corpus(texts: read.texts, members: read.members, results: read.results)
  }

  /// How many rows each stage gives the next step.
  private var depth: Int { settings.stages.depth(top: settings.top) }

  func toTheEnd() throws {
    let output = try OutputFile(nil)
    let group = stages.map { $0.group(hits: depth) }.min() ?? 1
    let size = reranking == nil ? group : min(group, HitReranking.group(candidates: depth))
    let cut = try answer(size, output)
    try output.finish()
    if let reranking { settings.model.messages.noteCut(pairs: cut, of: reranking.route) }
  }

  /// Answers all queries, `size` at a time at most.
  /// - Returns: how many pairs were cut that a reranker read
  private func answer(_ size: Int, _ output: OutputFile) throws -> Int {
    var cut = 0
    if !settings.query.isEmpty {
      settings.model.messages.noteFiles(
        among: settings.query, as: "query", advice: "queries in a file are read as < FILE")
      let queries = settings.query.map { Array($0.utf8) }
      for start in stride(from: 0, to: queries.count, by: size) {
        let part = Array(queries[start..<min(start + size, queries.count)])
        cut += try write(part, to: output) { "query \(start + $0 + 1)" }
      }
      return cut
    }
    var reader = try RowReader([], as: TextFormat(format: .lines))
    if reader.readsTerminal {
      settings.model.messages.note(
        "waiting for queries on standard input, a line each; end with ctrl-D")
    }
    while let rows = try reader.window(upTo: size, bytes: 4 << 20) {
      // The queries before one that cannot be read are answered first.
      let readable = rows.prefix { $0.text != nil }
      cut += try write(readable.compactMap(\.text), to: output) { "\(rows[$0].location)" }
      if readable.count < rows.count { _ = try rows[readable.count].requiredText() }
    }
    return cut
  }

  private func write(
    _ queries: [[UInt8]], to output: OutputFile, location: @Sendable (Int) -> String
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
    try output.write(lines: hits.count) { index in
      let best = hits[index].filter { $0.score >= settings.threshold ?? -.infinity }
      return [
        "query": .utf8(queries[index]),
        "hits": .array(best.prefix(settings.top).map { $0.value(texts?[$0.row], members) }),
      ]
    }
    return cut
  }
}
