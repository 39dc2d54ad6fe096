import ModelFiles

/// The documents of a row of `--lists`.
struct DocumentList {
  /// A document as it was read: a text alone, or an object with its text.
  private struct Document {
    let row: InputRow
    /// Its place in the corpus that it came from, else in the list.
    let index: Int
    /// What an earlier stage scored it.
    let retrieved: Float?
  }

  private let row: InputRow
  private let query: [UInt8]
  private let documents: [Document]

  init(_ row: InputRow) {
    guard let fields = try? row.fields.get() else {
      (self.row, query, documents) = (row, [], [])
      return
    }
    do throws(RowProblem) {
      let documents = try Self.documents(fields.dropFirst(), row.location)
      (self.row, query, self.documents) = (row, fields[0], documents)
    } catch {
      (self.row, query, documents) = (row.failing(error.reason), [], [])
    }
  }

  // What a document takes beside its bytes, about.
  private static let overhead = 512

  private static func documents(
    _ sources: ArraySlice<[UInt8]>, _ location: RowLocation
  ) throws(RowProblem) -> [Document] {
    do {
      try MemoryBound.check(
        sources.count, overhead, for: "the list, of \(sources.count) documents,")
    } catch {
      throw RowProblem(location, "\(error)")
    }
    var documents: [Document] = []
    for (index, source) in sources.enumerated() {
      documents.append(try document(source, index, location))
    }
    return documents
  }

  /// What is to be scored.
  var pairs: [TextPair] {
    documents.compactMap { document in
      document.row.text.map { TextPair(query: query, document: $0) }
    }
  }

  private static func document(
    _ source: [UInt8], _ index: Int, _ location: RowLocation
  ) throws(RowProblem) -> Document {
    let name = "document \(index + 1)"
    let value: JSON
    do throws(JSONSyntaxError) {
      value = try JSON(row: source, name: name)
    } catch {
      throw RowProblem(location, "\(name) is not JSON: \(error.problem)")
    }
    if let text = value.utf8 {
      let row = InputRow(fields: .success([text]), source: .line, location: location)
      return Document(row: row, index: index, retrieved: nil)
    }
    guard value.kind == .object else {
      throw RowProblem(
        location, "\(name) is \(value.found), should be a text, or an object with `text`")
    }
    guard let text = value["text"]?.utf8 else {
      throw RowProblem(
        location,
        value["text"].map { "`text` of \(name) is \($0.found), should be a string" }
          ?? "\(name) has no `text`; it has \(listed(value.memberNames))")
    }
    let row = InputRow(
      fields: .success([text]), source: .object(SourceObject(value, field: .standard)),
      location: location)
    return Document(
      row: row, index: value["row"].flatMap { try? $0.int() } ?? index,
      retrieved: value["score"].flatMap { try? $0.double() }.map { Float($0) })
  }

  /// The row with its documents in order.
  /// - Parameter results: of `pairs`
  func ranked(
    _ results: ArraySlice<Result<PairScore, FileError>>, _ settings: RerankCommand,
    _ formatter: ScoreFormatter
  ) -> (row: InputRow, line: [UInt8]) {
    var ranked = RankedRows(most: settings.top, threshold: settings.threshold)
    for (place, (document, result)) in zip(documents, results).enumerated() {
      switch result {
      case .success(let score): ranked.add(.init(row: document.row, index: place, score: score))
      case .failure(let error):
        let failed = row.failing("document \(place + 1): \(error)")
        return (failed, line(failed, nil))
      }
    }
    guard row.problem == nil else { return (row, line(row, nil)) }
    let hits = ranked.sorted.map { entry in hit(entry, documents[entry.index], formatter) }
    return (row, line(row, hits))
  }

  private func hit(
    _ entry: RankedRows.Entry, _ document: Document, _ formatter: ScoreFormatter
  ) -> JSONValue {
    var fields: [(String, JSONValue)] = [("row", .int(document.index))]
    fields += formatter.scored(entry.score, nil)
    if let retrieved = document.retrieved { fields.append(("retrieved", .float(retrieved))) }
    var dropped = formatter.replaced(ranks: true).union([.text, .retrieved])
    // A ranking of one query has no other one's.
    dropped.remove(.rank)
    if !formatter.options.noText, let text = document.row.text {
      fields.append(("text", .utf8(text)))
    }
    return .source(Array(document.row.source.line(without: dropped, adding: fields).dropLast()))
  }

  /// - Parameter hits: `nil` where there are none because of the row's problem
  private func line(_ row: InputRow, _ hits: [JSONValue]?) -> [UInt8] {
    guard let hits else {
      return row.source.line(
        without: [.text, .error],
        adding: [("hits", .null), ("error", .optional(row.problem) { .string($0.description) })])
    }
    return row.source.line(without: .text, adding: [("hits", .array(hits))])
  }
}
