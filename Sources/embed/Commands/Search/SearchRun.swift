import Embeddings
import ModelFiles
import Tensors
import Vectors

/// One run of `search` with texts: embeds the corpus, then answers queries as they come.
struct SearchRun {
  private let settings: SearchCommand
  private let embedder: Embedder
  private let route: Route
  private let texts: [[UInt8]]?
  private let matrix: Matrix
  private let file: NumPyFile?

  init(_ settings: SearchCommand) throws {
    self.settings = settings
    let embedder = try settings.model.load()
    self.embedder = embedder
    if let threshold = settings.threshold {
      try (settings.compared.metric ?? embedder.similarity).check(threshold: threshold)
    }
    route = try embedder.model.route(named: "query")
    let documents = try embedder.model.route(named: "document")
    let reader = try settings.corpus.map {
      try settings.format.reader([$0], settings.model.messages)
    }
    if let path = settings.vectors {
      let file = try NumPyFile(path)
      var reader = reader
      texts = try reader?.allTexts()
      try VectorsRecord(embedder, documents, settings.model, contents: (texts ?? [], file.matrix))
        .check(vectors: path, file.matrix, texts: texts != nil)
      (self.file, matrix) = (file, file.matrix)
    } else {
      guard let reader else { throw FileError("no --corpus") }
      let read = try TextVectors(reading: reader, embedder, documents, settings.model)
      (file, texts, matrix) = (nil, read.texts, read.vectors)
      // What was saved before is worth more than vectors of no text.
      if let path = settings.save, matrix.rows > 0 {
        let record = try VectorsRecord(
          embedder, documents, settings.model, contents: (read.texts, read.vectors))
        try read.vectors.save(to: path, record)
      }
    }
    guard matrix.rows > 0 else { throw FileError("\(name) has no rows to search in; give texts") }
  }

  private var name: String { settings.vectors ?? settings.corpus.map(InputFile.name) ?? "" }

  func toTheEnd() throws {
    let output = try OutputFile(nil)
    let size = Search.group(columns: matrix.columns, hits: min(settings.top, matrix.rows))
    if !settings.query.isEmpty {
      settings.model.messages.noteFiles(
        among: settings.query, as: "query", advice: "queries in a file are read as < FILE")
      let queries = settings.query.map { Array($0.utf8) }
      for start in stride(from: 0, to: queries.count, by: size) {
        let part = Array(queries[start..<min(start + size, queries.count)])
        try write(part, to: output) { "query \(start + $0 + 1)" }
      }
      return try output.finish()
    }
    var reader = try RowReader([], as: TextFormat(format: .lines))
    if reader.readsTerminal {
      settings.model.messages.note(
        "waiting for queries on standard input, a line each; end with ctrl-D")
    }
    while let rows = try reader.window(upTo: size, bytes: 4 << 20) {
      // The queries before one that cannot be read are answered first.
      let readable = rows.prefix { $0.text != nil }
      try write(readable.compactMap(\.text), to: output) { "\(rows[$0].location)" }
      if readable.count < rows.count { _ = try rows[readable.count].requiredText() }
    }
    try output.finish()
  }

  private func write(
    _ queries: [[UInt8]], to output: OutputFile, location: @Sendable (Int) -> String
  ) throws {
    let search = Search(
      matrix, by: settings.compared.metric ?? embedder.similarity, name: name,
      threads: embedder.model.options.threads, cancelled: { Interrupt.requested })
    let (vectors, cut) = try embedder.finiteVectors(of: queries, route, location: location)
    settings.model.messages.noteCut(cut, of: route)
    let found = try search.nearest(to: vectors, count: settings.top, queriesName: "the queries")
    try file?.checkIntact()
    try output.write(lines: found.count) { index in
      let hits = settings.above(found[index]).map { $0.value(texts?[$0.row]) }
      return ["query": .utf8(queries[index]), "hits": .array(hits)]
    }
  }
}
