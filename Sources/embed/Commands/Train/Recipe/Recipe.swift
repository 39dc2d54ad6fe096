import ModelFiles
import Tensors
import Training

/// All that was said of a training: by a recipe, by the command line, by both. What nothing was
/// said of is `nil`, where what is best depends on the model or on the data.
struct Recipe: Sendable {
  /// A directory or a name.
  var model: String?
  var datasets: [DataSource] = []
  var training = TrainingOptions()
  /// `nil` for what suits the model.
  var learningRate: Double?
  var batchSize: Int?
  var batchSampler: BatchSampler?
  var prompts = TrainingPrompts()
  /// The model whose vectors are to be learned.
  var teacher: String?
  var pooling: String?
  var maxLength: Int?
  var precision = Precision.f32
  /// The tokens of a micro-batch; `nil` for what memory allows.
  var batchTokens: Int?
  /// The most memory that may be taken; `nil` for the standard bound.
  var memory: Int?
  var evaluation = EvaluationPlan()
  /// Steps between checkpoints; `nil` for none.
  var saveSteps: Int?
  var saveTotalLimit: Int?

  /// The file it was read from; `nil` for the command line alone.
  var file: String?

  /// The hyperparameters of a model.
  /// - Parameter isStatic: whether it is a table of vectors, which learns at another rate
  func options(isStatic: Bool) -> TrainingOptions {
    var options = training
    options.learningRate = learningRate ?? Self.standardRate(isStatic: isStatic)
    return options
  }

  /// As sentence-transformers' examples train sentence models and static ones.
  private static func standardRate(isStatic: Bool) -> Double { isStatic ? 0.2 : 2e-5 }

  /// The rows of a batch where nothing says it.
  static func standardBatchSize(_ needs: LossNeeds, isStatic: Bool) -> Int {
    isStatic ? 2048 : needs.usesOtherRows ? 64 : 16
  }

  /// How batches are made for a loss where nothing says it.
  static func standardSampler(_ needs: LossNeeds) -> BatchSampler {
    needs.groupsByLabel ? .groupByLabel : needs.usesOtherRows ? .noDuplicates : .batchSampler
  }
}

/// What goes before texts while a model is trained.
struct TrainingPrompts: Sendable, Equatable {
  /// Before every text.
  var text: String?
  /// The name of the model's prompt that does.
  var name: String?
  /// By column, in the place of those.
  var columns: [String: String] = [:]
}

/// When and on what a model is evaluated while it is trained.
struct EvaluationPlan: Sendable {
  var sources: [Source] = []
  /// Steps between evaluations; `nil` for a tenth of all.
  var steps: Int?
  /// The metric that says which model is best; `nil` for the first evaluation's own.
  var metric: String?
  var keep = Keep.best
  /// Evaluations without a better one after which training ends.
  var earlyStop: Int?

  /// Those of the sources that are files.
  var files: [EvaluationFile] {
    sources.compactMap { if case .file(let file) = $0 { file } else { nil } }
  }

  /// The share of the rows that is held out.
  var share: Double? {
    sources.lazy.compactMap { if case .share(let share) = $0 { share } else { nil } }.first
  }

  enum Source: Sendable, Equatable {
    case file(EvaluationFile)
    /// This share of the rows to train on.
    case share(Double)
  }

  /// Which model is written.
  enum Keep: String, Sendable, CaseIterable { case best, last }
}

/// A file that a model is evaluated on.
struct EvaluationFile: Sendable, Equatable {
  var path: String
  var columns = ColumnRequest()
  var sum: String?
}

extension EvaluationPlan.Source {
  /// As an option has it.
  var text: String {
    switch self {
    case .file(let file): file.path
    case .share(let share): "\(decimal(share * 100))%"
    }
  }

  /// `5%`, or a file's path.
  init(_ text: String) throws {
    guard text.hasSuffix("%") else {
      self = .file(EvaluationFile(path: text))
      return
    }
    guard let percent = Double(decimal: Array(text.dropLast().utf8)), percent > 0, percent <= 50
    else {
      throw FileError("`\(text.prefix(40))` should be above 0 % and at most 50 %")
    }
    self = .share(percent / 100)
  }
}

extension Recipe {
  /// What is wrong with a number, by the name of its option in recipes: `nil` where nothing is.
  var problem: (name: String, text: String)? {
    let t = training
    func atLeast(_ name: String, _ value: Double?, _ least: Double) -> (String, Bool, String) {
      (name, value.map { $0 >= least && $0.isFinite } ?? true, "at least \(decimal(least))")
    }
    func share(_ name: String, _ value: Double) -> (String, Bool, String) {
      (name, value >= 0 && value < 1, "at least 0 and less than 1")
    }
    let rules: [(name: String, holds: Bool, expected: String)] = [
      ("epochs", t.epochs > 0 && t.epochs <= 1e6, "above 0 and at most 1000000"),
      atLeast("gradient_accumulation_steps", Double(t.gradientAccumulationSteps), 1),
      atLeast("learning_rate", learningRate, 0), atLeast("warmup_steps", Double(t.warmupSteps), 0),
      share("warmup_ratio", t.warmupRatio), atLeast("weight_decay", t.weightDecay, 0),
      atLeast("max_grad_norm", t.maxGradNorm, 0), share("adam_beta1", t.adamBeta1),
      share("adam_beta2", t.adamBeta2), atLeast("adam_epsilon", t.adamEpsilon, 0),
      share("dropout", t.dropout ?? 0), atLeast("seed", Double(t.seed), 0),
      atLeast("batch_size", batchSize.map(Double.init), 1),
      atLeast("batch_size", datasets.compactMap(\.batchSize).min().map(Double.init), 1),
      atLeast("max_length", maxLength.map(Double.init), 1),
      atLeast("batch_tokens", batchTokens.map(Double.init), 1),
      atLeast("eval_steps", evaluation.steps.map(Double.init), 1),
      atLeast("early_stop", evaluation.earlyStop.map(Double.init), 1),
      atLeast("save_steps", saveSteps.map(Double.init), 1),
      atLeast("save_total_limit", saveTotalLimit.map(Double.init), 1),
      (
        "learning_rate_of", t.learningRateOf.allSatisfy { $0.rate >= 0 && $0.rate.isFinite },
        "0 or more"
      ),
      (
        "score_range",
        datasets.allSatisfy { $0.scoreRange.map { $0.least < $0.largest } ?? true },
        "two numbers, the smaller one first"
      ),
      (
        "matryoshka", datasets.allSatisfy { $0.loss.matryoshka.allSatisfy { $0 > 0 } },
        "numbers of at least 1"
      ),
      ("precision", precision != .int8, "f32, bf16x3 or bf16: int8 is too coarse to be trained in"),
    ]
    return rules.first { !$0.holds }.map { ($0.name, "should be \($0.expected)") }
  }

  /// What an option needs that is not there, by their names in recipes.
  var conflict: (name: String, needed: String)? {
    if evaluation.sources.isEmpty {
      if evaluation.earlyStop != nil { return ("early_stop", "evaluate") }
      if evaluation.metric != nil { return ("metric", "evaluate") }
      if evaluation.steps != nil { return ("eval_steps", "evaluate") }
    }
    return saveTotalLimit != nil && saveSteps == nil ? ("save_total_limit", "save_steps") : nil
  }

  /// Throws for a file that is not there, before anything is read.
  func checkFiles() throws {
    let files = datasets.flatMap { $0.files + ($0.loss.weights.map { [$0] } ?? []) }
    for path in files + evaluation.files.map(\.path) where path != "-" {
      do {
        _ = try InputFile.check(path)
      } catch let error as FileError {
        throw FileError(file.map { "\($0): \(error.description)" } ?? error.description)
      }
    }
    guard evaluation.sources.count - evaluation.files.count < 2 else {
      throw FileError("one share of the rows can be held out, not two")
    }
    guard files.count(where: { $0 == "-" }) < 2 else {
      throw FileError("standard input can be read once; name it for one set alone")
    }
  }
}
