import ModelFiles
import Tensors
import Training

/// The model that training starts from, as far as the data must suit it.
struct StartModel {
  /// As it was asked for.
  let name: String
  /// E, the numbers of a text's vector.
  let width: Int
  /// Whether it is a table of vectors without a network.
  let isStatic: Bool
  /// The layers of its network; 0 for such a table.
  let layers: Int
  /// The text of one of the model's prompts.
  let prompt: (_ name: String) throws -> String
}

/// The model whose vectors are to be learned.
struct Teacher {
  let name: String
  /// The numbers of its vectors.
  let width: Int
  /// - Shapes: B texts → `[B, width]`
  let vectors: (_ texts: [[UInt8]]) throws -> Tensor
}

/// A model that says which texts are alike.
struct Guide {
  /// What it makes of the tokens that the model reads of a prompt and texts.
  /// - Shapes: B texts → `[B, G]`
  let vectors: (_ texts: [[UInt8]], _ prompt: String) throws -> Tensor
}

/// A set of rows with all that was said or found of it: ready to be trained on.
struct PreparedSet: Sendable {
  /// As it was asked for.
  let source: DataSource
  let set: TrainingSet
  let loss: any Loss
  /// The loss' name; that of the one around another, where there are two.
  let lossName: String
  /// The name that was asked for, or that went without saying.
  let askedLoss: String
  /// The label's column, if the loss has a use for one.
  let label: String?
  let labelKind: LabelKind
  let scoreRange: ScoreRange?
  let batchSize: Int
  let sampler: BatchSampler
  let prompts: [String]
  let notices: [String]

  /// Reads the rows of a set, and finds what is wrong with them.
  init(_ source: DataSource, _ recipe: Recipe, _ model: StartModel, teacher: Teacher?) throws {
    try source.checkSums()
    let table = try TrainingTable(source.files, as: source.format, source.columns)
    let choice = try LossFinder(source, table, recipe, model, teacher: teacher)
    let needs = choice.needs
    var notices = table.notices
    let labels = try choice.labels()
    notices += labels.notices
    let set = TrainingSet(
      name: source.name,
      columns: zip(table.names, table.texts).map { .init(name: $0, texts: $1) },
      labels: labels.values, place: { table.place($0) })
    loss = try choice.loss(classes: set.classNames.count)
    let batchSize =
      source.batchSize ?? recipe.batchSize
      ?? Recipe.standardBatchSize(needs, isStatic: model.isStatic)
    sampler = source.batchSampler ?? recipe.batchSampler ?? Recipe.standardSampler(needs)
    notices += try SetCheck(
      set, needs, choice.name, isAsked: source.loss.name != nil, batchSize: batchSize
    ).notices()
    if needs.labels == .none, let label = table.label {
      notices.append("\(source.name): column `\(label)` is not used by \(choice.name)")
    }
    prompts = try Self.prompts(table.names, source, recipe, model)
    (self.source, self.set, self.batchSize) = (source, set, batchSize)
    (lossName, askedLoss) = (choice.name, choice.asked)
    (labelKind, scoreRange, self.notices) = (needs.labels, labels.range, notices)
    label = needs.labels == .none || teacher != nil ? nil : table.label
  }

  private init(_ other: PreparedSet, _ set: TrainingSet) {
    (source, self.set, loss, lossName) = (other.source, set, other.loss, other.lossName)
    (label, labelKind, scoreRange) = (other.label, other.labelKind, other.scoreRange)
    (batchSize, sampler, prompts) = (other.batchSize, other.sampler, other.prompts)
    (notices, askedLoss) = (other.notices, other.askedLoss)
  }

  /// The same with other rows.
  func with(_ set: TrainingSet) -> PreparedSet { PreparedSet(self, set) }

  /// The same with the teacher's vectors of the first column as labels.
  func taught(by teacher: Teacher) throws -> PreparedSet {
    let vectors = try teacher.vectors(set.columns[0].texts)
    return with(set.with(.vectors([vectors])))
  }

  /// The same with a guide's vectors of all columns.
  func guided(by guide: Guide) throws -> PreparedSet {
    let vectors = try zip(set.columns, prompts).map { try guide.vectors($0.texts, $1) }
    return with(
      TrainingSet(
        name: set.name, columns: set.columns, labels: set.labels, guidance: vectors,
        place: set.place))
  }

  /// The file that the loss' own weights start from.
  var lossWeights: String? { source.loss.weights }

  var objective: Objective {
    Objective(set: set, loss: loss, batchSize: batchSize, sampler: sampler, prompts: prompts)
  }

  /// The text before each column's texts: as the set says, else the recipe by column or for all.
  private static func prompts(
    _ names: [String], _ source: DataSource, _ recipe: Recipe, _ model: StartModel
  ) throws -> [String] {
    let all = try recipe.prompts.name.map(model.prompt) ?? recipe.prompts.text ?? ""
    let asked = recipe.prompts.columns.merging(source.prompts) { $1 }
    // Several sets may share a recipe's prompts, each with columns of its own.
    let wrong = recipe.datasets.count == 1 ? asked : source.prompts
    if let odd = wrong.keys.sorted().first(where: { !names.contains($0) }) {
      throw FileError(
        "there is a prompt for column `\(odd)`, but \(source.name) has "
          + "\(listed(names)) as texts; name one of them")
    }
    return names.map { asked[$0] ?? all }
  }
}

extension DataSource {
  /// Throws for a file that is not the one of which a recipe was written.
  fileprivate func checkSums() throws {
    for (file, sum) in zip(files, sums) where file != "-" { try checkSum(of: file, sum) }
  }
}

/// Throws for a file that is not the one of which a recipe was written.
func checkSum(of file: String, _ sum: String) throws {
  let found = try Checksums.sum(of: file) { Interrupt.requested }
  guard found == sum.lowercased() else {
    throw FileError(
      "\(file): was changed since the recipe was written: its SHA-256 is \(found.prefix(12))…, the "
        + "recipe has \(sum.prefix(12))…; give the file of then, or take `sha256` out of the recipe"
    )
  }
}

extension TrainingSet {
  /// The names of the classes; empty where labels are none.
  var classNames: [String] { if case .classes(_, let names) = labels { names } else { [] } }
}
