import ArgumentParser
import Embeddings
import Machine
import ModelFiles
import Tensors
import Training

/// The options of `embed train`.
struct TrainOptions: ParsableArguments {
  // The parser takes time for each group in a group, so that all are side by side.
  @OptionGroup(title: "Data") var data: TrainDataOptions
  @OptionGroup(title: "Data") var format: ByteOptions
  @OptionGroup(title: "Data") var prompt: PromptName
  @OptionGroup(title: "Model") var model: TrainModelOptions
  @OptionGroup(title: "Model") var memory: MemoryOption
  @OptionGroup(title: "Loss") var loss: TrainLossOptions
  @OptionGroup(title: "How") var how: TrainHowOptions
  @OptionGroup(title: "Optimizer") var optimizer: TrainOptimizerOptions
  @OptionGroup(title: "Order of rows") var order: TrainOrderOptions
  @OptionGroup(title: "Evaluation") var evaluation: TrainEvaluationOptions
  @OptionGroup(title: "Output") var output: TrainOutputOptions

  func validate() throws {
    if let input = format.input, !input.hasFields {
      throw ValidationError(
        "--input \(input.rawValue) has no columns; a table is csv, tsv, jsonl or json")
    }
    // What can be known without the recipe.
    var recipe = Recipe()
    recipe.datasets = [DataSource()]
    try apply(to: &recipe)
    if let problem = recipe.problem {
      throw ValidationError("\(Self.option(problem.name)) \(problem.text)")
    }
    if output.recipe == nil, !output.resume, let conflict = recipe.conflict {
      throw ValidationError("\(Self.option(conflict.name)) needs \(Self.option(conflict.needed))")
    }
    guard output.output != nil || output.dryRun else {
      throw ValidationError("--output DIR is missing: where the trained model goes")
    }
    if output.resume, output.force {
      throw ValidationError("--resume and --force exclude each other; give one of them")
    }
  }

  /// The name on the command line of an option in recipes.
  static func option(_ name: String) -> String { "--" + name.replacing("_", with: "-") }

  /// All that is said: the recipe, and in its place what the command line says.
  /// - Parameter kept: a recipe that counts where neither one nor data are given, of a run that is
  ///   resumed
  func recipe(kept: String? = nil) throws -> Recipe {
    let path = output.recipe ?? (data.files.isEmpty ? kept : nil)
    var recipe = try path.map { try RecipeReader.recipe($0) } ?? Recipe()
    if recipe.datasets.isEmpty {
      recipe.datasets = [DataSource()]
      if data.files.isEmpty { recipe.datasets[0].files = ["-"] }
    }
    do {
      try apply(to: &recipe)
    } catch let error as ValidationError {
      throw FileError(error.message)
    }
    try recipe.check()
    return recipe
  }

  /// Puts what the command line says in the place of what a recipe does.
  private func apply(to recipe: inout Recipe) throws {
    try data.apply(to: &recipe)
    if format.isGiven { try recipe.changeSet("--input") { $0.format = format.format } }
    if prompt.promptName != nil || prompt.prompt != nil {
      (recipe.prompts.name, recipe.prompts.text) = (prompt.promptName, prompt.prompt)
    }
    model.apply(to: &recipe)
    if memory.memory != Memory.standardBound { recipe.memory = memory.memory }
    try loss.apply(to: &recipe)
    how.apply(to: &recipe)
    optimizer.apply(to: &recipe)
    order.apply(to: &recipe)
    try evaluation.apply(to: &recipe)
    put(output.saveSteps, into: &recipe.saveSteps)
    put(output.saveTotalLimit, into: &recipe.saveTotalLimit)
  }

  var messages: Messages { Messages(isQuiet: output.quiet) }
  /// How many threads may be used.
  var threadCount: Int { EmbedderOptions(threads: model.threads).threads }
}

/// Replaces a value by one that is given.
func put<Value>(_ given: Value?, into place: inout Value) {
  if let given { place = given }
}

/// Replaces a value by one that is given.
func put<Value>(_ given: Value?, into place: inout Value?) {
  if let given { place = given }
}

extension Recipe {
  /// Changes the only set.
  /// - Parameter option: what wants it, for the error where there are several
  mutating func changeSet(_ option: String, _ change: (inout DataSource) throws -> Void) throws {
    guard datasets.count == 1 else {
      throw ValidationError(
        "\(option) is of one set of rows, the recipe has \(datasets.count); change it there")
    }
    try change(&datasets[0])
  }
}

/// Where rows come from.
struct TrainDataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Train on the rows of these csv, tsv or jsonl files (.gz too); - is standard input.",
      valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Each FILE is a column, line by line: the first of texts, the others of their translations."))
  var parallel = false

  @Option(
    help: ArgumentHelp(
      "Take texts from these columns, in this order (default: all that are texts).",
      valueName: "A,B"))
  var columns: ColumnNames?

  @Option(
    help: ArgumentHelp(
      "Take labels from this column (default: label, labels, score, scores, gold_label or "
        + "is_duplicate); none: from no column.",
      valueName: "NAME|none"))
  var label: String?

  @Option(
    help: ArgumentHelp(
      "What scores go from and to (default: 0 to 1, 5, 10 or 100, by the largest).",
      valueName: "MIN,MAX"), transform: Self.range)
  var scoreRange: ScoreRange?

  @Option(
    help: ArgumentHelp(
      "Put texts before those of columns: '{\"anchor\":\"query: \"}'.", valueName: "JSON"),
    transform: { try JSON.option($0).texts() })
  var prompts: [String: String]?

  func validate() throws {
    if let names = columns?.names {
      guard !names.contains(""), Set(names).count == names.count else {
        throw ValidationError("--columns takes different names between commas")
      }
    }
  }

  private static func range(_ text: String) throws -> ScoreRange {
    let numbers = text.split(separator: ",").compactMap { Double(decimal: Array($0.utf8)) }
    guard numbers.count == 2 else {
      throw ValidationError("should be two numbers with a comma between them, such as 0,5")
    }
    return ScoreRange(least: numbers[0], largest: numbers[1])
  }

  func apply(to recipe: inout Recipe) throws {
    if !files.isEmpty {
      try recipe.changeSet("FILE") { ($0.files, $0.sums) = (files, []) }
    }
    if parallel { try recipe.changeSet("--parallel") { $0.isParallel = true } }
    if let columns { try recipe.changeSet("--columns") { $0.columns.texts = columns.names } }
    if let label {
      try recipe.changeSet("--label") { $0.columns.label = label == "none" ? .none : .named(label) }
    }
    if let scoreRange { try recipe.changeSet("--score-range") { $0.scoreRange = scoreRange } }
    if let prompts {
      recipe.prompts.columns = prompts
      for index in recipe.datasets.indices { recipe.datasets[index].prompts = [:] }
    }
  }
}

/// What is to be learned of the rows.
struct TrainLossOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make this loss small, by sentence-transformers' names or short ones: mnrl, gist, cosine, "
        + "cosent, angle, softmax, triplet, batchhard, contrastive, mse, marginmse, kldiv; of "
        + "rerankers bce, ce, mnrl, lambda, listnet, ranknet (default: by the columns).",
      valueName: "NAME"), completion: .list(Losses.names))
  var loss: String?

  @Option(
    help: ArgumentHelp(
      "Parameters of the loss by their names: '{\"scale\":20}'; GISTEmbedLoss needs a model as "
        + "`guide`.", valueName: "JSON"),
    transform: { try LossChoice.parameters(of: JSON.option($0)) })
  var lossOptions: [(name: String, value: JSONValue)]?

  @Option(
    help: ArgumentHelp(
      "Let the first numbers of a vector be enough, so many: MatryoshkaLoss over the loss.",
      valueName: "N,N"), transform: { try Self.numbers($0, from: 1) })
  var matryoshka: [Int]?

  @Option(
    help: ArgumentHelp(
      "Learn the vectors of this model: of the first column's texts, for all columns.",
      valueName: "DIR|NAME"), completion: .directory)
  var teacher: String?

  @Option(
    help: ArgumentHelp(
      "Let vectors be as long as a teacher's by a Dense behind the model (dense), or a teacher's as "
        + "short as the model's by principal components (pca).",
      valueName: "dense|pca"))
  var project: TeacherProjection?

  /// Whole numbers between commas.
  static func numbers(_ text: String, from least: Int) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.allSatisfy({ $0 ?? -1 >= least }) else {
      throw ValidationError(
        "should be numbers between commas, such as "
          + (least == 0 ? "0,2,4" : "384,256,128,64"))
    }
    return numbers.compactMap { $0 }
  }

  func apply(to recipe: inout Recipe) throws {
    if let loss { try recipe.changeSet("--loss") { $0.loss = LossChoice(name: loss) } }
    if let lossOptions { try recipe.changeSet("--loss-options") { $0.loss.set(lossOptions) } }
    if let matryoshka {
      for index in recipe.datasets.indices { recipe.datasets[index].loss.matryoshka = matryoshka }
    }
    put(teacher, into: &recipe.teacher)
    put(project, into: &recipe.project)
  }
}

extension TeacherProjection: ExpressibleByArgument {}

extension JSON {
  /// Reads the value of an option.
  static func option(_ text: String) throws -> JSON {
    do {
      return try JSON(Array(text.utf8), name: "the value").object()
    } catch let error as FileError {
      throw ValidationError(error.description)
    }
  }
}
