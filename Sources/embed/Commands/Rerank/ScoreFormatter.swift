import ModelFiles

/// Formats rows and their scores as bytes.
struct ScoreFormatter: Sendable {
  let labels: [String]
  let options: ScoreOptions

  /// The members of a row that ours replace.
  /// - Parameter ranks: whether the row is one of a ranking
  func replaced(ranks: Bool) -> ReservedFields {
    var fields: ReservedFields = ranks ? [.score, .row, .rank] : .score
    if labels.count > 1 { fields.insert(.label) }
    if options.logits { fields.insert(.logits) }
    if options.tokens { fields.insert(.tokens) }
    return fields
  }

  /// A document of a ranking as a line: its own members, then the query's and ours.
  func ranked(_ entry: RankedRows.Entry, rank: Int, query: [UInt8]) -> [UInt8] {
    let row = entry.row
    var fields: [(String, JSONValue)] = [
      ("query", .utf8(query)), ("rank", entry.score == nil ? .null : .int(rank)),
      ("row", .int(entry.index)),
    ]
    fields += scored(entry.score, row.problem)
    if !options.noText, row.source.isBare, let text = row.text {
      fields.append(("text", .utf8(text)))
    }
    var dropped = replaced(ranks: true)
    if row.problem != nil { dropped.insert(.error) }
    if options.noText { dropped.insert(.text) }
    return row.source.line(without: dropped, adding: fields)
  }

  /// A row with a pair as a line: its own members, then ours.
  func scored(_ row: InputRow, _ score: PairScore?) -> [UInt8] {
    var fields: [(String, JSONValue)] = []
    if row.source.isBare, let texts = try? row.fields.get() {
      fields = [("query", .utf8(texts[0])), ("document", .utf8(texts[1]))]
    }
    var dropped = replaced(ranks: false)
    if row.problem != nil { dropped.insert(.error) }
    return row.source.line(without: dropped, adding: fields + scored(score, row.problem))
  }

  /// The members for a score, or for what is wrong.
  func scored(_ score: PairScore?, _ problem: RowProblem?) -> [(String, JSONValue)] {
    guard let score else {
      return [("score", .null), ("error", .optional(problem) { .string($0.description) })]
    }
    let several = labels.count > 1
    var fields: [(String, JSONValue)] = [
      ("score", several ? .array(score.scores.map { .float($0) }) : .float(score.first))
    ]
    // Of equal ones the first.
    let best = score.scores.indices.max { a, b in
      score.scores[a] < score.scores[b] || score.scores[a] == score.scores[b] && a > b
    }
    if several, let best { fields.append(("label", .string(labels[best]))) }
    if options.logits { fields.append(("logits", .array(score.logits.map { .float($0) }))) }
    guard options.tokens else { return fields }
    let lost: JSONValue = [
      "query": .int(score.lost.query), "document": .int(score.lost.document),
    ]
    return fields + [
      ("tokens", .int(score.tokens)), ("truncated", score.isCut ? lost : .bool(false)),
    ]
  }

  /// Cells of a tsv file: a tab or a line break in a text becomes a space.
  static func tabbed(_ cells: [[UInt8]]) -> [UInt8] {
    var line: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { line.append(UInt8(ascii: "\t")) }
      line += cell.map { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }
    return line + [UInt8(ascii: "\n")]
  }

  /// The scores as cells of a table: one for each label.
  func cells(_ score: PairScore?) -> [[UInt8]] {
    labels.indices.map { label in
      guard let score else { return [] }
      return JSONValue.float(score.scores[label]).bytes
    }
  }

  /// The names of these columns.
  var columns: [[UInt8]] {
    labels.count == 1 ? [Array("score".utf8)] : labels.map { Array($0.utf8) }
  }
}

extension SourceRow {
  /// Whether the row has no members of its own, so that ours have to tell its texts.
  var isBare: Bool {
    switch self {
    case .line, .file, .nothing, .members: true
    case .object, .record: false
    }
  }

  /// Those of our members that it has itself.
  var reserved: ReservedFields {
    switch self {
    case .object(let object): object.reserved
    case .record(let record): record.columns.reserved.reduce([]) { $0.union($1) }
    case .line, .file, .nothing, .members: []
    }
  }

  /// The row as a line of JSON: its own members as they are, but for some, and then others.
  func line(without dropped: ReservedFields, adding fields: [(String, JSONValue)]) -> [UInt8] {
    var output: [UInt8] = []
    var rest: ArraySlice<UInt8> = [UInt8(ascii: "}")]
    switch self {
    case .object(let object):
      let kept = object.appendKept(without: dropped, to: &output)
      if !kept.isEmpty { output.append(UInt8(ascii: ",")) }
      rest = object.bytes[kept.rest]
    case .record(let record):
      output.append(UInt8(ascii: "{"))
      record.appendFields(without: dropped, to: &output)
    case .file(let path):
      output.append(UInt8(ascii: "{"))
      output += JSONValue.object([("file", .string(path))]).bytes.dropFirst().dropLast()
      output.append(UInt8(ascii: ","))
    case .line, .nothing, .members: output.append(UInt8(ascii: "{"))
    }
    output += JSONValue.object(fields).bytes.dropFirst().dropLast()
    return output + rest + [UInt8(ascii: "\n")]
  }
}
