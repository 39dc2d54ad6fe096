import ArgumentParser
import Training

/// In which order rows come.
struct TrainOrderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Shuffle as sentence-transformers does for this seed; also of dropout and of a loss' own "
        + "weights (default: 42).",
      valueName: "N"))
  var seed: Int?

  @Flag(help: "Take rows in the order of the files.")
  var noShuffle = false

  @Option(
    help: ArgumentHelp(
      "Make batches so: batch_sampler, no_duplicates (no text twice) or group_by_label (default: "
        + "by "
        + "the loss).",
      valueName: "NAME"))
  var batchSampler: BatchSampler?

  @Option(
    help: ArgumentHelp(
      "Whose turn it is among a recipe's sets: round_robin or proportional (default: "
        + "proportional).",
      valueName: "NAME"))
  var multiDatasetBatchSampler: MultiDatasetSampler?

  @Flag(help: "Leave out a last batch that is smaller.")
  var dropLast = false

  func apply(to recipe: inout Recipe) {
    put(seed, into: &recipe.training.seed)
    if noShuffle { recipe.training.shuffle = false }
    if let batchSampler {
      recipe.batchSampler = batchSampler
      for index in recipe.datasets.indices { recipe.datasets[index].batchSampler = nil }
    }
    put(multiDatasetBatchSampler, into: &recipe.training.multiDatasetBatchSampler)
    if dropLast { recipe.training.dropLast = true }
  }
}

/// How a model is judged while it is trained.
struct TrainEvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Evaluate before, meanwhile and after: on a file of scored pairs, triplets, matching pairs "
        + "or "
        + "vectors, by its columns, or on a share of the rows, 5%, which is not trained on.",
      valueName: "FILE|SHARE"), completion: .file())
  var evaluate: [String] = []

  @Option(
    help: ArgumentHelp("Evaluate every N steps (default: a tenth of all).", valueName: "N"))
  var evalSteps: Int?

  @Option(
    help: ArgumentHelp(
      "The metric that says which model is best (default: that of the first evaluation).",
      valueName: "NAME"))
  var metric: String?

  @Option(
    help: ArgumentHelp(
      "Write the best model or the last one (default: best).", valueName: "best|last"))
  var keep: EvaluationPlan.Keep?

  @Option(
    help: ArgumentHelp("End after N evaluations without a better one.", valueName: "N"))
  var earlyStop: Int?

  func validate() throws { _ = try sources() }

  private func sources() throws -> [EvaluationPlan.Source] {
    try evaluate.map { text in
      do {
        return try EvaluationPlan.Source(text)
      } catch {
        throw ValidationError("--evaluate \(error)")
      }
    }
  }

  func apply(to recipe: inout Recipe) throws {
    if !evaluate.isEmpty { recipe.evaluation.sources = try sources() }
    put(evalSteps, into: &recipe.evaluation.steps)
    put(metric, into: &recipe.evaluation.metric)
    put(keep, into: &recipe.evaluation.keep)
    put(earlyStop, into: &recipe.evaluation.earlyStop)
  }
}

/// What is written, and what is said.
struct TrainOutputOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the trained model to this new directory; until it is complete it is DIR.part.",
      valueName: "DIR"), completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Take options from this recipe; those of the command line come first.", valueName: "FILE"),
    completion: .file())
  var recipe: String?

  @Flag(help: "Go on with an interrupted run, bit for bit.")
  var resume = false

  @Flag(help: "Replace an older directory.")
  var force = false

  @Flag(help: "Say what would be done, and stop.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Keep a whole model every N steps: DIR/checkpoint-N.", valueName: "N"))
  var saveSteps: Int?

  @Option(help: ArgumentHelp("Keep the last N of them, and the best.", valueName: "N"))
  var saveTotalLimit: Int?

  @Option(
    help: ArgumentHelp(
      "Write a JSON line for each step to FILE (default: DIR/log.jsonl).", valueName: "FILE"),
    completion: .file())
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Write the first step's gradients, before clipping, to FILE as safetensors.",
      valueName: "FILE"),
    completion: .file())
  var gradients: String?

  @Option(
    help: ArgumentHelp(
      "Show a progress bar: auto (if standard error is a terminal), always or never.",
      valueName: "WHEN"))
  var progress: ProgressMode = .auto

  @Flag(help: "Print errors only: no progress, no notices.")
  var quiet = false
}

extension BatchSampler: ExpressibleByArgument {}
extension MultiDatasetSampler: ExpressibleByArgument {}
extension EvaluationPlan.Keep: ExpressibleByArgument {}
