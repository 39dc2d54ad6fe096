import Embeddings
import ModelFiles
import Tensors
import Training

/// The model that training starts from, as far as the data must suit it.
struct StartModel {
  /// As it was asked for.
  let name: String
  /// E, the numbers of a text's vector, or the labels of a pair.
  let width: Int
  /// Whether it is a table of vectors without a network.
  let isStatic: Bool
  /// The layers of its network; 0 for such a table.
  let layers: Int
  /// The text of one of the model's prompts.
  let prompt: (_ name: String) throws -> String
  var kind = ModelKind.dense
  /// Whether it gets a head, which has as many labels as the data ask for.
  var hasNewHead = false
  /// The names of a reranker's labels.
  var labels: [String] = []
}

/// The model whose vectors are to be learned.
struct Teacher {
  let name: String
  /// The numbers of its vectors, as they are learned.
  let width: Int
  /// What is to be learned of texts, of which the first so many are trained on.
  /// - Shapes: B texts → `[B, width]`
  let vectors: (_ texts: [[UInt8]], _ trained: Int) throws -> Tensor

  /// Sets with its vectors of their first columns as labels.
  /// - Parameter held: those that are evaluated on
  func taught(
    _ trained: [PreparedSet], held: [PreparedSet]
  ) throws -> (trained: [PreparedSet], held: [PreparedSet]) {
    let sets = trained + held
    let vectors = try vectors(
      sets.flatMap { $0.set.columns[0].texts }, trained.reduce(0) { $0 + $1.set.rows })
    var start = 0
    let taught = sets.map { set in
      defer { start += set.set.rows }
      let own =
        set.set.rows == 0
        ? Tensor([0, width], []) : vectors.view(rows: start..<start + set.set.rows)
      return set.with(set.set.with(.vectors([own])))
    }
    return (Array(taught.prefix(trained.count)), Array(taught.dropFirst(trained.count)))
  }
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
  /// By what names a recipe asks for the same columns of its files; `nil` where there are none.
  let columns: [String]?
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
    var source = source
    source.columns.takesLists = model.kind == .rerank
    let table = try TrainingTable(source, isTaught: teacher != nil)
    let choice = try LossFinder(source, table, recipe, model, teacher: teacher)
    source.loss = choice.choice
    let needs = choice.needs
    var notices = table.notices
    let labels = try choice.labels().numbered(as: model.labels, column: table.label)
    notices += labels.notices
    let set = TrainingSet(
      name: source.name,
      columns: table.columns,
      labels: labels.values, place: { table.place($0) })
    loss = try choice.loss(classes: set.classNames.count)
    let batchSize =
      source.batchSize ?? recipe.batchSize
      ?? Recipe.standardBatchSize(
        needs, isStatic: model.isStatic, isPaired: model.kind == .rerank)
    sampler = source.batchSampler ?? recipe.batchSampler ?? Recipe.standardSampler(needs)
    notices += try SetCheck(
      set, needs, choice.name, isAsked: source.loss.name != nil, batchSize: batchSize
    ).notices()
    if needs.labels == .none, let label = table.label {
      notices.append("\(source.name): column `\(label)` is not used by \(choice.name)")
    }
    prompts = try Self.prompts(table.names, source, recipe, model)
    (self.source, self.set, self.batchSize) = (source, set, batchSize)
    columns = table.asked
    (lossName, askedLoss) = (choice.name, choice.asked)
    (labelKind, scoreRange, self.notices) = (needs.labels, labels.range, notices)
    label = needs.labels == .none || teacher != nil ? nil : table.label
  }

  private init(_ other: PreparedSet, _ set: TrainingSet) {
    (source, self.set, loss, lossName) = (other.source, set, other.loss, other.lossName)
    (label, labelKind, scoreRange) = (other.label, other.labelKind, other.scoreRange)
    (batchSize, sampler, prompts) = (other.batchSize, other.sampler, other.prompts)
    (notices, askedLoss, columns) = (other.notices, other.askedLoss, other.columns)
  }

  /// The same with other rows.
  func with(_ set: TrainingSet) -> PreparedSet { PreparedSet(self, set) }

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
    guard model.kind == .rerank else { return names.map { asked[$0] ?? all } }
    // A pair is one text of tokens, whose prompt is before the query.
    if let odd = names.dropFirst().first(where: { asked[$0] != nil }) {
      throw FileError(
        "there is a prompt for column `\(odd)`, but a reranker has one before the query, `\(names[0])`, "
          + "alone; leave out the other")
    }
    return names.enumerated().map { $0 == 0 ? asked[$1] ?? all : "" }
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
