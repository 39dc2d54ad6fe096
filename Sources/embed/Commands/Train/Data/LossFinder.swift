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
  private let seed: Int
  private let width: Int
  private let isTaught: Bool

  /// - Throws: where the columns are not what the loss takes, or suit none
  init(
    _ source: DataSource, _ table: TrainingTable, _ recipe: Recipe, _ model: StartModel,
    teacher: Teacher?
  ) throws {
    (self.source, self.table) = (source, table)
    (seed, width, isTaught) = (recipe.training.seed, model.width, teacher != nil)
    let place = recipe.file.map { "\($0): the loss of \(source.name)" } ?? "--loss"
    let found = try source.loss.name ?? Self.standard(table, source, model, isTaught: isTaught)
    asked = found
    value = try JSON(source.loss.value(standard: found), name: place)
    // Its needs are the same whatever the classes, which are not known before it is.
    let trial = try Losses.make(value, LossContext(width: model.width, classes: 1, seed: seed))
    (name, needs) = (type(of: trial).name, trial.needs)
    try checkColumns()
    if let teacher {
      guard needs.labels == .vectors else {
        throw FileError("\(name) learns no vectors, as --teacher gives; leave one of them out")
      }
      try Self.check(width: teacher.width, of: "\(teacher.name)'s vectors", model)
    }
    if needs.labels == .vectors, !isTaught, case .lists(let lists) = table.labels {
      try Self.check(width: lists.width, of: "the lists of `\(table.label ?? "")`", model)
      guard lists.count == 1 || lists.count == table.names.count else {
        throw FileError(
          "`\(table.label ?? "")` has \(lists.count) lists a row, should have one, or one for "
            + "each of "
            + "the \(table.names.count) columns of texts")
      }
    }
  }

  private static func check(width: Int, of what: String, _ model: StartModel) throws {
    guard width == model.width else {
      throw FileError(
        "\(what) have \(width) numbers, those of \(model.name) \(model.width); a vector can be "
          + "learned "
          + "by one of the same length only")
    }
  }

  /// The loss with the classes as they are.
  func loss(classes: Int) throws -> any Loss {
    try Losses.make(value, LossContext(width: width, classes: classes, seed: seed))
  }

  /// The labels as the loss takes them.
  func labels() throws -> Labels {
    if needs.labels == .none || isTaught { return Labels(values: .none) }
    let label = table.label ?? ""
    switch table.labels {
    case .none:
      throw FileError(
        "\(name) needs \(needs.labels.noun), but \(source.name) has no column of them besides "
          + "\(listed(table.names)); name it with --label")
    case .lists(let lists):
      guard needs.labels == .vectors else {
        throw FileError(
          "\(name) needs \(needs.labels.noun), but `\(label)` has lists of \(lists.width) numbers")
      }
      return Labels(values: .vectors(lists.tensors))
    case .cells(let cells):
      return try LabelReader(label, cells, place: table.place)
        .labels(needs.labels, range: source.scoreRange)
    }
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
    }
  }
}
