import Embeddings
import ModelFiles
import Tensors
import Training
import Vectors

extension TrainEvaluator {
  /// Reads a file of pairs or lists; its columns say what is measured.
  init(pairs file: EvaluationFile, _ context: EvaluationContext) throws {
    if let sum = file.sum { try checkSum(of: file.path, sum) }
    let name = lastPart(file.path)
    if let known = try Self.rankings(file.path) {
      let samples = known.map { row in
        row.isRanked
          ? RerankingSample(positive: row.positive, ranked: row.others, depth: PairEvaluation.depth)
          : RerankingSample(positive: row.positive, negative: row.others)
      }
      try self.init(lists: name, known.map(\.query), samples, ("query", "documents"), context)
      return
    }
    var request = file.columns
    (request.ignoresUnknown, request.takesLists) = (true, true)
    let table = try TrainingTable([file.path], as: TextFormat(), request)
    let labels = try Self.labels(of: table, name, context)
    try self.init(
      pairs: TrainingSet(
        name: name, columns: table.columns, labels: labels, place: { table.place($0) }),
      context)
  }

  /// Rows of pairs or lists with their labels.
  init(pairs held: TrainingSet, _ context: EvaluationContext) throws {
    let (columns, name) = (held.columns, held.name)
    let kind: PairEvaluation.Kind
    switch (held.labels, columns.count) {
    case (.lists(let labels), 2):
      let samples = labels.enumerated().map { row, labels in
        Self.sample(held.documents(of: row), areRelevant: labels.map { $0 > 0 })
      }
      try self.init(
        lists: name, columns[0].texts, samples, (columns[0].name, columns[1].name), context)
      return
    case (.none, 3...), (.teacherScores, 3...):
      let samples = (0..<held.rows).map { row in
        let documents = held.documents(of: row)
        return Self.sample(documents, areRelevant: documents.indices.map { $0 == 0 })
      }
      try self.init(
        lists: name, columns[0].texts, samples, (columns[0].name, "documents"), context)
      return
    case (.scores(let scores), 2):
      let areMatches = scores.allSatisfy { $0 == 0 || $0 == 1 }
      kind = areMatches ? .matches(scores.map { $0 == 1 }) : .scores(scores.map(Double.init))
    case (.teacherScores(let scores), 2): kind = .scores(scores.elements.map(Double.init))
    case (.classes(let classes, let names), 2):
      kind = .classes(classes.map(Int.init), of: max(context.width, names.count))
    default:
      throw FileError(
        "\(name): says nothing about scores of pairs; a reranker is evaluated on pairs with a score, 0 "
          + "and 1 or a class, on a query with a positive and negatives, or on lists of documents with "
          + "lists of labels")
    }
    self.init(
      name: Self.stem(name),
      kind: .reranking(
        PairEvaluation(kind: kind, queries: columns[0].texts, documents: columns[1].texts)),
      columns: columns, prompts: [Self.prompt(columns[0].name, context)],
      similarity: context.similarity)
  }

  private init(
    lists name: String, _ queries: [[UInt8]], _ samples: [RerankingSample],
    _ names: (String, String), _ context: EvaluationContext
  ) throws {
    guard samples.contains(where: { $0.areRelevant.contains(true) }) else {
      throw FileError("\(name): no query has a relevant document; one at least should")
    }
    let lists = samples.map(\.documents)
    let texts = lists.map { JSONValue.array($0.map { .utf8($0) }).bytes }
    self.init(
      name: Self.stem(name),
      kind: .reranking(
        PairEvaluation(kind: .rankings(samples), queries: queries, documents: [])),
      columns: [
        .init(name: names.0, texts: queries), .init(name: names.1, texts: texts, lists: lists),
      ],
      prompts: [Self.prompt(names.0, context)], similarity: context.similarity)
  }

  private static func sample(
    _ documents: [[UInt8]], areRelevant: [Bool]
  ) -> RerankingSample {
    let pairs = zip(documents, areRelevant)
    return RerankingSample(
      positive: pairs.filter(\.1).map(\.0), negative: pairs.filter { !$0.1 }.map(\.0))
  }

  private static func prompt(_ query: String, _ context: EvaluationContext) -> EvaluationPrompt {
    let asked = context.prompts
    if let text = asked.columns[query] ?? asked.text { return .text(text) }
    return asked.name.map { .named($0) } ?? .standard
  }

  /// The rows of a file as `evaluate rerank` reads them; `nil` where its objects are none of these.
  private static func rankings(_ path: String) throws -> [KnownRanking]? {
    var head = try RowReader(everythingIn: path, names: ColumnNaming.known)
    guard let first = try head.window(upTo: 1)?.first, let row = try? TableRow(first),
      row.names != nil, row.member("query") != nil, row.member("positive") != nil,
      let others = row.member("negative") ?? row.member("documents"), others.kind != .text
    else { return nil }
    var reader = try RowReader(rankings: path)
    var rows: [KnownRanking] = []
    while let window = try reader.window() {
      rows += try window.map { KnownRanking(try $0.fields.get()) }
    }
    return rows
  }

  /// Labels of a file of which no loss says what they should be.
  private static func labels(
    of table: TrainingTable, _ name: String, _ context: EvaluationContext
  ) throws -> TrainingSet.Labels {
    switch table.labels {
    case .none: return .none
    case .ragged(let lists): return .lists(lists)
    case .lists:
      throw FileError(
        "\(name): `\(table.label ?? "")` has lists, but no column has a list of documents for them")
    case .cells(let cells):
      let reader = LabelReader(table.label ?? "", cells, place: table.place)
      guard context.width > 1 else {
        // As they are written: a correlation does not ask what they go up to.
        let numbers = try cells.enumerated().map { row, cell in
          guard let number = Double(decimal: cell) else {
            throw FileError(
              "\(table.place(row)): `\(table.label ?? "")` should be a number, as the model has one label"
            )
          }
          return Float(number)
        }
        return .scores(numbers)
      }
      let labels = try reader.labels(.classes, range: nil)
        .numbered(as: context.labels, column: table.label)
      if case .classes(let classes, _) = labels.values,
        let row = classes.firstIndex(where: { $0 >= context.width })
      {
        throw FileError(
          "\(table.place(row)): the class is number \(classes[row]), and the model has \(context.width) "
            + "labels, from 0")
      }
      return labels.values
    }
  }
}
