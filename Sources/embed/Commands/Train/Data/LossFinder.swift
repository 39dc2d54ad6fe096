import ModelFiles
import Tensors
import Training

/// Finds the loss for a set, and what it makes of the set's labels.
struct LossFinder {
  /// As it is called in recipes.
  let name: String
  let needs: LossNeeds
  /// The name that was asked for or went without saying, of the loss inside one of Matryoshka.
  let asked: String
  private let value: JSON
  private let table: TrainingTable
  private let source: DataSource
  private let context: (Int) -> LossContext
  private let isTaught: Bool

  /// - Throws: where the columns are not what the loss takes, or suit none
  init(
    _ source: DataSource, _ table: TrainingTable, _ recipe: Recipe, _ model: StartModel,
    teacher: Teacher?
  ) throws {
    (self.source, self.table) = (source, table)
    isTaught = teacher != nil
    let context = { [seed = recipe.training.seed] (classes: Int) in
      LossContext(width: model.width, classes: classes, layers: model.layers, seed: seed)
    }
    self.context = context
    let place = recipe.file.map { "\($0): the loss of \(source.name)" } ?? "--loss"
    let found = try source.loss.name ?? Self.standard(table, source, model, isTaught: isTaught)
    asked = found
    value = try JSON(source.loss.value(standard: found), name: place)
    // Its needs are the same whatever the classes, which are not known before it is.
    let trial = try Losses.make(value, context(1))
    (name, needs) = (type(of: trial).name, trial.needs)
    try checkColumns()
    if let teacher {
      guard needs.labels == .vectors else {
        throw FileError(
          "\(name) learns no vectors, as --teacher gives; leave one of them out"
            + (needs.guide == nil ? "" : " (its guide is its parameter `guide`)"))
      }
      try check(width: teacher.width, of: "\(teacher.name)'s vectors", model)
    } else if case .lists(let lists) = table.labels {
      try check(lists, model)
    }
  }

  private func check(_ lists: Lists, _ model: StartModel) throws {
    let label = "`\(table.label ?? "")`"
    switch needs.labels {
    case .vectors:
      try check(width: lists.width, of: "the lists of \(label)", model)
      guard lists.count == 1 || lists.count == table.names.count else {
        throw FileError(
          "\(label) has \(lists.count) lists a row, should have one, or one for each of the "
            + "\(table.names.count) columns of texts")
      }
    case .teacherScores(let less):
      guard lists.count == 1 else {
        throw FileError("\(label) has \(lists.count) lists a row, should have one of scores")
      }
      try needs.check(scores: lists.width, less: less, of: name, table.names, place: label)
    default: break
    }
  }

  private func check(width: Int, of what: String, _ model: StartModel) throws {
    guard width != needs.vectorWidth ?? model.width else { return }
    if let projected = needs.vectorWidth {
      throw FileError(
        "\(what) have \(width) numbers, but `projection_dim` is \(projected); it should be "
          + "\(width)")
    }
    throw FileError(
      "\(what) have \(width) numbers, those of \(model.name) \(model.width); a vector can be "
        + "learned by one of the same length only, or through a projection: --loss-options "
        + "'{\"projection_dim\":\(width)}'")
  }

  /// The loss with the classes as they are.
  func loss(classes: Int) throws -> any Loss {
    try Losses.make(value, context(classes))
  }

  /// The labels as the loss takes them.
  func labels() throws -> Labels {
    if needs.labels == .none || isTaught { return Labels(values: .none) }
    let label = table.label ?? ""
    switch table.labels {
    case .none where needs.mayLackLabels(columns: table.names.count):
      return Labels(values: .none)
    case .none where needs.comparesTexts: return try equalTexts()
    case .none:
      throw FileError(
        "\(name) needs \(needs.labels.noun), but \(source.name) has no column of them besides "
          + "\(listed(table.names)); name it with --label")
    case .lists(let lists):
      switch needs.labels {
      case .vectors: return Labels(values: .vectors(lists.tensors))
      case .teacherScores: return Labels(values: .teacherScores(lists.tensors[0]))
      default:
        throw FileError(
          "\(name) needs \(needs.labels.noun), but `\(label)` has lists of \(lists.width) "
            + "numbers")
      }
    case .cells(let cells):
      if case .teacherScores(let less) = needs.labels {
        try needs.check(scores: 1, less: less, of: name, table.names, place: "`\(label)`")
      }
      return try LabelReader(label, cells, place: table.place)
        .labels(needs.labels, range: source.scoreRange)
    }
  }

  /// 1 where a row's texts are equal, and 0 where they are not.
  private func equalTexts() throws -> Labels {
    let labels = (0..<table.rows).map { row in
      table.texts.allSatisfy { $0[row] == table.texts[0][row] } ? Float(1) : 0
    }
    guard Set(labels).count == 2 else {
      throw FileError(
        "\(source.name): \(labels.contains(1) ? "all" : "no") rows have equal texts, but \(name) "
          + "needs some that have and some that have not; labels of 0 and 1 are named with --label")
    }
    return Labels(values: .scores(labels))
  }

  private func checkColumns() throws {
    let count = table.names.count
    guard needs.columns.contains(count) else {
      let least = needs.columns.lowerBound
      let most = needs.columns.upperBound
      let expected =
        most == least ? "\(least)" : most == .max ? "\(least) or more" : "\(least) to \(most)"
      throw FileError(
        "\(name) takes \(expected) \(most == 1 ? "column" : "columns") of texts, \(source.name) "
          + "has "
          + "\(count): \(listed(table.names)); "
          + (count < least ? "add one, or choose another --loss" : "choose with --columns"))
    }
  }
}

// The loss that goes without saying.
extension LossFinder {
  private static func standard(
    _ table: TrainingTable, _ source: DataSource, _ model: StartModel, isTaught: Bool
  ) throws -> String {
    let kind: LabelKind =
      switch table.labels {
      case _ where isTaught: .vectors
      case .none: .none
      case .cells(let cells):
        LabelReader(table.label ?? "", cells, place: table.place).kind
      case .lists: .vectors
      }
    if !isTaught, case .lists(let lists) = table.labels, lists.width != model.width {
      throw FileError(
        "`\(table.label ?? "")` has lists of \(lists.width) numbers, which could be several "
          + "losses'; "
          + "name one with --loss (MSELoss takes vectors of \(model.width), as the model's)")
    }
    if let type = Losses.standard(columns: table.names.count, labels: kind) { return type.name }
    let names = listed(table.names)
    guard table.names.count > 1 || kind != .none else {
      throw FileError(
        "\(source.name) has one column of texts, \(names), and no labels; to train, name a second "
          + "column (--columns A,B), one of classes (--label NAME), or a model to learn from "
          + "(--teacher "
          + "MODEL)")
    }
    let known = table.names.filter { ColumnNaming.role($0) != nil }
    let columns = table.names.count == 1 ? "one column" : "\(table.names.count) columns"
    throw FileError(
      "\(source.name) has \(columns) of texts, \(names)"
        + (kind == .none ? "" : ", and \(kind.noun) in `\(table.label ?? "")`")
        + ", for which no loss goes without saying; name one with --loss, or choose with --columns "
        + (known.count > 1 && known.count < table.names.count
          ? known.joined(separator: ",") + " " : "")
        + "and --label")
  }
}

extension LabelKind {
  /// As messages call such labels.
  var noun: String {
    switch self {
    case .none: "no labels"
    case .score: "scores"
    case .binary: "labels of 0 and 1"
    case .classes: "classes"
    case .vectors: "vectors"
    case .teacherScores: "a teacher's scores"
    }
  }
}
