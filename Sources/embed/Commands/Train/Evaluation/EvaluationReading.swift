import Embeddings
import ModelFiles
import Tensors
import Training
import Vectors

/// What is to be known of the model that is evaluated.
struct EvaluationContext {
  let width: Int
  let similarity: Similarity
  let prompts: TrainingPrompts
  let seed: Int
  var kind = ModelKind.dense
  /// The names of a reranker's labels.
  var labels: [String] = []
}

extension TrainEvaluator {
  /// Reads a file; its columns say what is measured.
  init(_ file: EvaluationFile, _ context: EvaluationContext) throws {
    guard context.kind != .rerank else {
      try self.init(pairs: file, context)
      return
    }
    if let sum = file.sum { try checkSum(of: file.path, sum) }
    var request = file.columns
    // Tables of pairs say where rows are from, too.
    request.ignoresUnknown = true
    let table = try TrainingTable([file.path], as: TextFormat(), request)
    let name = lastPart(file.path)
    let kind = try Self.kind(of: table, name, context)
    self.init(
      name: Self.stem(name), kind: kind,
      columns: zip(table.names, table.texts).map { TrainingSet.Column(name: $0, texts: $1) },
      prompts: Self.prompts(table.names, kind, context.prompts), similarity: context.similarity,
      isSparse: context.kind == .sparse)
  }

  /// Rows of a set that are not trained on.
  /// - Parameter prompts: those that are before the set's columns
  init(_ held: TrainingSet, prompts: [String], _ context: EvaluationContext) throws {
    guard context.kind != .rerank else {
      try self.init(pairs: held, context)
      return
    }
    var columns = held.columns
    let kind: Kind
    switch (held.labels, columns.count) {
    case (.scores(let scores), 2):
      let areMatches = scores.allSatisfy { $0 == 0 || $0 == 1 }
      kind = areMatches ? .matches(scores.map { $0 == 1 }) : .scores(scores.map(Double.init))
    case (.classes(let classes, let names), 2) where Set(names) == ["0", "1"]:
      kind = .matches(classes.map { names[Int($0)] == "1" })
    case (.classes(let classes, _), 1):
      kind = .triplets
      columns = try Self.triplets(held, classes, seed: context.seed)
    case (.vectors(let vectors), _): kind = .vectors(vectors)
    case (.none, 3...), (.teacherScores, 3...):
      kind = .triplets
      columns = Array(columns.prefix(3))
    case (.none, 2): kind = .pairs
    default:
      throw FileError(
        "\(held.name): a share of it says nothing about vectors alone; evaluate on a file of "
          + "scored "
          + "pairs or triplets: --evaluate FILE")
    }
    self.init(
      name: Self.stem(held.name), kind: kind, columns: columns,
      // Classes make columns of the one that there is.
      prompts: columns.indices.map {
        .text(prompts.indices.contains($0) ? prompts[$0] : prompts[0])
      },
      similarity: context.similarity, isSparse: context.kind == .sparse)
  }

  /// What goes before the texts of a file: what does in training, else what the model has for them.
  private static func prompts(
    _ names: [String], _ kind: Kind, _ asked: TrainingPrompts
  ) -> [EvaluationPrompt] {
    let all: EvaluationPrompt? = asked.name.map { .named($0) } ?? asked.text.map { .text($0) }
    return names.enumerated().map { index, name in
      if let text = asked.columns[name] { return .text(text) }
      if let all { return all }
      guard case .triplets = kind else { return .standard }
      return .named(index == 0 ? "query" : "document")
    }
  }

  /// A file's name without its ending.
  static func stem(_ name: String) -> String {
    let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    guard let ending = Ending(bare).text else { return bare }
    return String(bare.dropLast(ending.count + 1))
  }

  private static func kind(
    of table: TrainingTable, _ name: String, _ context: EvaluationContext
  ) throws -> Kind {
    switch (table.labels, table.names.count) {
    case (.lists(let lists), let count):
      guard lists.width == context.width, lists.count == 1 || lists.count == count else {
        throw FileError(
          "\(name): `\(table.label ?? "")` has lists of \(lists.width) numbers, the model's "
            + "vectors have "
            + "\(context.width)")
      }
      return .vectors(lists.tensors)
    case (.ragged, _):
      throw FileError("\(name): has lists of texts, which rerankers are evaluated on")
    case (_, 3): return .triplets
    case (.none, 2): return .pairs
    case (.cells(let cells), 2):
      let numbers = try cells.enumerated().map { row, cell in
        guard let number = Double(decimal: cell) else {
          throw FileError(
            "\(table.place(row)): `\(table.label ?? "")` is "
              + "`\(String(decoding: cell, as: UTF8.self).prefix(40))`, should be a number; pairs "
              + "are "
              + "evaluated by scores, or by 0 and 1")
        }
        return number
      }
      let areMatches =
        numbers.allSatisfy { $0 == 0 || $0 == 1 } && !ColumnNaming.isScore(table.label ?? "")
      return areMatches ? .matches(numbers.map { $0 == 1 }) : .scores(numbers)
    default:
      throw FileError(
        "\(name): cannot be evaluated by its columns \(listed(table.names)); there should be two "
          + "of "
          + "texts and a score or 0 and 1, three (anchor, positive, negative), or texts and vectors"
      )
    }
  }

  /// Of texts with classes: each with another of its class and one of another class, by the seed.
  private static func triplets(
    _ held: TrainingSet, _ classes: [Int32], seed: Int
  ) throws -> [TrainingSet.Column] {
    var generator = TorchGenerator(seed: seed)
    func drawn(_ rows: [Int]) -> Int { rows[Int(generator.next()) % rows.count] }
    let groups = Dictionary(grouping: classes.indices) { classes[$0] }
    let known = groups.keys.sorted()
    var rows: [[Int]] = []
    for row in classes.indices {
      let same = (groups[classes[row]] ?? []).filter { $0 != row }
      let others = known.filter { $0 != classes[row] }
      guard !same.isEmpty, !others.isEmpty else { continue }
      let positive = drawn(same)
      let other = others[Int(generator.next()) % others.count]
      rows.append([row, positive, drawn(groups[other] ?? [row])])
    }
    guard !rows.isEmpty else {
      throw FileError(
        "\(held.name): the \(held.rows) rows that are held out have no two classes with two "
          + "texts; hold "
          + "out more, or give a file: --evaluate FILE")
    }
    return ["anchor", "positive", "negative"].enumerated().map { place, name in
      TrainingSet.Column(name: name, texts: rows.map { held.columns[0].texts[$0[place]] })
    }
  }
}
