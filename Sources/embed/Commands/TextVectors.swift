import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// Texts and the vectors of all of them, for commands that look at them together.
struct TextVectors: Sendable {
  let texts: [[UInt8]]
  /// - Shapes: `[texts, E]`
  let vectors: Matrix
  /// What results keep of the rows; `nil` where nobody asked.
  let members: KeptMembers?
  /// The numbers of the rows in the input, where not all are taken.
  let numbers: [Int]?

  /// Reads all rows and embeds them, one window after the other.
  /// - Parameter filter: tells which are taken
  /// - Throws: for the first row that cannot be read; `CancellationError` after an interrupt
  init(
    reading reader: RowReader, keeping members: KeptMembers? = nil, where filter: RowFilter? = nil,
    _ embedder: Embedder, _ route: Route, _ model: ModelOptions
  ) throws {
    let read = try TextResults(
      reading: reader, keeping: members, where: filter, .dense(embedder), route, model)
    guard case .rows(let vectors) = read.results else { preconditionFailure("no rows") }
    (texts, self.vectors, self.members) = (read.texts, vectors, read.members)
    numbers = read.numbers
  }
}

/// Texts and what a model of any kind makes of all of them.
struct TextResults: Sendable {
  let texts: [[UInt8]]
  /// One for each text.
  let results: Results
  /// What results keep of the rows; `nil` where nobody asked.
  private(set) var members: KeptMembers? = nil
  /// The numbers of the rows in the input, where not all are taken.
  private(set) var numbers: [Int]? = nil

  /// Reads all rows and embeds them, one window after the other.
  /// - Parameters:
  ///   - members: takes up what results keep of each row
  ///   - filter: tells which rows are taken
  /// - Throws: for the first row that cannot be read; `CancellationError` after an interrupt
  init(
    reading reader: RowReader, keeping members: KeptMembers? = nil, where filter: RowFilter? = nil,
    _ model: VectorModel, _ route: Route, _ options: ModelOptions
  ) throws {
    var (reader, members, filter) = (reader, members, filter)
    var (numbers, next): ([Int], Int) = ([], 0)
    try self.init(model, route, options, total: reader.totalBytes) { size in
      try reader.window(upTo: size).map { all in
        let taken = all.indices.filter { filter?.accepts(all[$0]) ?? true }
        let rows = taken.map { all[$0] }
        let texts = try rows.map { try $0.requiredText() }
        for row in rows { members?.append(row) }
        numbers += taken.map { next + $0 }
        next += all.count
        return (texts, reader.bytesRead, { "\(rows[$0].location)" })
      }
    }
    try filter?.finish()
    try members?.finish(options.messages)
    self.members = members
    if filter != nil { self.numbers = numbers }
  }

  /// Embeds texts that were read before.
  /// - Parameter name: where they are from, for errors
  init(
    of texts: [[UInt8]], from name: String, _ model: VectorModel, _ route: Route,
    _ options: ModelOptions
  ) throws {
    var (next, bytes) = (0, 0)
    try self.init(model, route, options, total: texts.reduce(0) { $0 + $1.count }) { size in
      guard next < texts.count else { return nil }
      let (start, part) = (next, Array(texts[next..<min(next + size, texts.count)]))
      next += part.count
      bytes += part.reduce(0) { $0 + $1.count }
      return (part, bytes, { "\(name), row \(start + $0)" })
    }
  }

  /// A part of the texts, how many bytes of all are read with it, and how an error names each.
  private typealias Part = (texts: [[UInt8]], bytes: Int, location: @Sendable (Int) -> String)

  private init(
    _ model: VectorModel, _ route: Route, _ options: ModelOptions, total: Int?,
    _ next: (_ most: Int) throws -> Part?
  ) throws {
    var progress = options.progress(total: total)
    var (texts, parts, cut, held) = ([[UInt8]](), [Results](), 0, 0)
    let size = min(4096, WindowSize(dimension: model.numbers(route)).mostRows)
    while let part = try next(size) {
      if part.texts.isEmpty { continue }
      // In the end there are two of each number: in its part, and among all.
      try MemoryBound.check(
        held + part.texts.count * (model.kind == .dense ? model.width : 1), 4,
        for: "embedding \(texts.count + part.texts.count) texts, to look at them together,")
      let made = try model.finiteResults(of: part.texts, by: route, location: part.location)
      texts += part.texts
      held += made.results.numberCount
      parts.append(made.results)
      cut += made.cut
      progress.update(rows: texts.count, bytes: part.bytes)
    }
    progress.erase()
    options.messages.noteCut(cut, of: route)
    self.texts = texts
    results = Results(joining: parts, columns: model.width, model.kind)
  }
}

extension Embedder {
  /// The vectors of texts, all of them finite, and how many of the texts were cut.
  /// - Parameter location: how an error names a text, by its index
  func finiteVectors(
    of texts: [[UInt8]], _ route: Route, location: @Sendable (Int) -> String
  ) throws -> (vectors: Matrix, cut: Int) {
    let encodings = try model.encodings(of: texts, by: route, named: location)
    let vectors = try vectors(of: encodings, by: route) { Interrupt.requested }
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) {
      throw model.notFinite(location(row))
    }
    return (vectors, encodings.count(where: \.truncated))
  }
}

extension Messages {
  /// Says how many texts were longer than the model reads.
  func noteCut(_ count: Int, of route: Route, advice: String = "") {
    guard count > 0, let limit = route.limit else { return }
    note(
      "\(count) \(count == 1 ? "text was" : "texts were") longer than \(limit) tokens and cut"
        + advice)
  }
}

/// Rows with the tokens of those that have a text, in their order.
struct TokenizedRows {
  private(set) var rows: [InputRow]
  private(set) var encodings: [Encoding]

  // Large enough a share for a thread that handing it out costs nothing beside it.
  private static let share = 64

  /// A row whose text the tokenizer has no tokens for becomes a problem; the others stay.
  init(
    _ rows: [InputRow], threads: Int, _ encoding: @Sendable ([UInt8]) throws -> Encoding
  ) throws {
    try self.init(pairs: rows, threads: threads) { text, _ in try encoding(text) }
  }

  /// The same of two texts in each row.
  init(
    pairs rows: [InputRow], threads: Int,
    _ encoding: @Sendable ([UInt8], [UInt8]) throws -> Encoding
  ) throws {
    let tokenized = try Parallel.map(rows.count, share: Self.share, threads: threads) { index in
      let row = rows[index]
      guard case .success(let texts) = row.fields, let first = texts.first, let last = texts.last
      else { return (row: row, encoding: Encoding?.none) }
      do {
        return (row, try encoding(first, last))
      } catch let error as FileError {
        return (row.failing(error.description), nil)
      }
    }
    self.rows = tokenized.map(\.row)
    encodings = tokenized.compactMap(\.encoding)
  }

  /// Makes a problem of each row whose text was cut.
  mutating func refuseLong(_ limit: Int) {
    var next = encodings.makeIterator()
    rows = rows.map { row in
      guard row.text != nil, next.next()?.truncated == true else { return row }
      return row.failing(
        "the text has more than \(limit) tokens; shorten it, or let it be cut (--long cut) or "
          + "read in chunks (--long chunk)")
    }
    encodings.removeAll(where: \.truncated)
  }

  /// Cuts the rows before the first that has no text, and returns what is wrong with that one.
  mutating func stopAtProblem() -> RowProblem? {
    guard let first = rows.firstIndex(where: { $0.problem != nil }) else { return nil }
    let problem = rows[first].problem
    cut(to: first)
    return problem
  }

  /// Keeps the first `count` rows.
  mutating func cut(to count: Int) {
    rows.removeSubrange(count...)
    encodings.removeSubrange(rows.count { $0.text != nil }...)
  }
}
