import Embeddings
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
  /// The loss as it is trained with.
  let choice: LossChoice
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
    guard !isTaught || model.kind == .dense else {
      throw FileError(
        "--teacher gives vectors to be learned, and \(model.name) is \(model.kind.phrase): let the teacher "
          + "score the pairs, and learn its scores by MSELoss or MarginMSELoss")
    }
    let place = recipe.file.map { "\($0): the loss of \(source.name)" } ?? "--loss"
    let standard = { [isTaught] in
      try Self.standard(table, source, model, isTaught: isTaught)
    }
    choice =
      try model.kind == .sparse
      ? source.loss.regularized(place, standard: standard) : source.loss
    let found = try choice.name ?? standard()
    asked = found
    value = try JSON(choice.value(standard: found), name: place)
    let type = try Losses.type(value, of: model.kind)
    let context = { [seed = recipe.training.seed] (classes: Int) in
      let width =
        model.hasNewHead
        ? (type as? any PairLoss.Type)?.labels(classes: classes) ?? 1 : model.width
      return LossContext(
        kind: model.kind, width: width, classes: classes, layers: model.layers, seed: seed)
    }
    self.context = context
    // Its needs are the same whatever the classes, which are not known before it is.
    let trial = try Losses.make(value, context(1))
    (name, needs) = (type.name, trial.needs)
    try checkColumns()
    if let teacher {
      guard needs.labels == .vectors else {
        throw FileError(
          "\(name) learns no vectors, as --teacher gives; leave one of them out"
            + (needs.guide == nil ? "" : " (its guide is its parameter `guide`)"))
      }
      try check(
        width: teacher.width, of: "\(lastPart(teacher.name))'s vectors", model, isTaught: true)
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

  private func check(
    width: Int, of what: String, _ model: StartModel, isTaught: Bool = false
  ) throws {
    guard width != needs.vectorWidth ?? model.width else { return }
    if let projected = needs.vectorWidth {
      throw FileError(
        "\(what) have \(width) numbers, but `projection_dim` is \(projected); it should be "
          + "\(width)")
    }
    let shorter = width > model.width ? ", --project pca makes the teacher's shorter" : ""
    throw FileError(
      "\(what) have \(width) numbers, those of \(model.name) \(model.width); a vector can be "
        + "learned by one of the same length only"
        + (isTaught
          ? ": --project dense adds a Dense to the model that makes its vectors as long\(shorter); or "
          : ", or ")
        + "through a projection: --loss-options '{\"projection_dim\":\(width)}'")
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
    case .ragged(let lists):
      guard needs.labels == .lists else {
        throw FileError(
          "\(name) needs \(needs.labels.noun), but `\(label)` has a list for each row; losses of lists "
            + "are LambdaLoss, ListNetLoss, RankNetLoss and the like")
      }
      return Labels(values: .lists(lists))
    case _ where needs.labels == .lists:
      throw FileError(
        "\(name) needs rows of a query, a list of documents and a list of labels, one for each; JSON "
          + "lines hold such, and `\(label)` of \(source.name) has none")
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
    let kind = labelKind(table, model, isTaught: isTaught)
    if !isTaught, kind == .vectors, model.kind != .rerank, case .lists(let lists) = table.labels,
      lists.width != model.width
    {
      throw FileError(
        "`\(table.label ?? "")` has lists of \(lists.width) numbers, which could be several "
          + "losses'; "
          + "name one with --loss (MSELoss takes vectors of \(model.width), as the model's)")
    }
    let columns = table.names.count
    if let type = Losses.standard(columns: columns, labels: kind, of: model.kind) {
      return type.name
    }
    let names = listed(table.names)
    guard table.names.count > 1 || kind != .none else {
      throw FileError(
        "\(source.name) has one column of texts, \(names), and no labels; to train, name a second "
          + "column (--columns A,B), one of classes (--label NAME), or a model to learn from "
          + "(--teacher "
          + "MODEL)")
    }
    let known = table.names.filter { ColumnNaming.role($0) != nil }
    throw FileError(
      "\(source.name) has \(columns == 1 ? "one column" : "\(columns) columns") of texts, \(names)"
        + (kind == .none ? "" : ", and \(kind.noun) in `\(table.label ?? "")`")
        + ", for which no loss goes without saying; name one with --loss, or choose with --columns "
        + (known.count > 1 && known.count < table.names.count
          ? known.joined(separator: ",") + " " : "")
        + "and --label")
  }
}

extension LossFinder {
  /// What the labels are, where no loss says what they should be.
  private static func labelKind(
    _ table: TrainingTable, _ model: StartModel, isTaught: Bool
  ) -> LabelKind {
    switch table.labels {
    case _ where isTaught: return .vectors
    case .none: return .none
    case .ragged: return .lists
    case .lists(let lists):
      return LabelKind(listsOf: lists.width, texts: table.names.count, model)
    case .cells(let cells):
      let reader = LabelReader(table.label ?? "", cells, place: table.place)
      guard model.kind == .rerank else { return reader.kind }
      // Of more texts than a pair, margins.
      if table.names.count > 2 { return .teacherScores(less: 1...2) }
      // Whether a document answers a query is a score as well.
      return reader.areTruths && (model.hasNewHead || model.width == 1) ? .score : reader.kind
    }
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
    case .lists: "a list of labels for each row"
    }
  }

  /// What lists of numbers are: vectors, which nobody has of sparse models or of pairs; there they are a
  /// teacher's scores, one for each candidate, or for each negative.
  /// - Parameters:
  ///   - width: the numbers of each list
  ///   - texts: the columns of texts
  fileprivate init(listsOf width: Int, texts: Int, _ model: StartModel) {
    let less = texts - width
    self =
      switch model.kind {
      case .rerank: .teacherScores(less: 1...max(1, texts - 1))
      case .sparse where (1...2).contains(less): .teacherScores(less: less...less)
      case .dense, .multi, .sparse: .vectors
      }
  }
}
