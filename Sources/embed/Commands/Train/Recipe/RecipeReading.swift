import Embeddings
import ModelFiles
import Tensors
import Training

/// Reads recipes.
struct RecipeReader {
  /// Of recipes that are written.
  static let version = 1

  /// The folder that its paths begin in, with a slash; empty for the current one.
  private let folder: String

  /// Reads a recipe file.
  static func recipe(_ path: String) throws -> Recipe {
    guard try fileExists(path) else { throw FileError("\(path): no such recipe; check the path") }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var recipe = try RecipeReader(folder: folder).recipe(JSON(file: path))
    recipe.file = path
    if let problem = recipe.problem {
      throw FileError("\(path): `\(problem.name)` \(problem.text)")
    }
    return recipe
  }

  private static let keys = [
    "version", "model", "datasets", "epochs", "max_steps", "batch_size",
    "gradient_accumulation_steps", "learning_rate", "schedule", "warmup_ratio", "warmup_steps",
    "weight_decay", "max_grad_norm", "adam_beta1", "adam_beta2", "adam_epsilon", "dropout",
    "freeze", "learning_rate_of", "ema", "seed", "shuffle", "drop_last", "batch_sampler",
    "multi_dataset_batch_sampler", "matryoshka", "teacher", "prompts", "prompt", "prompt_name",
    "max_length", "pooling", "type", "precision", "batch_tokens", "memory", "evaluate",
    "eval_steps", "metric", "keep", "early_stop", "save_steps", "save_total_limit", "lora",
    "project", "keep_layers",
  ]
  private static let setKeys = [
    "file", "sha256", "columns", "label", "loss", "score_range", "batch_size", "batch_sampler",
    "prompts", "input", "delimiter", "encoding", "parallel",
  ]
  private static let evaluationKeys = ["file", "sha256", "columns", "label"]
  /// transformers' names of what has another here.
  private static let otherNames = [
    "num_train_epochs": "epochs", "per_device_train_batch_size": "batch_size",
    "train_batch_size": "batch_size", "lr": "learning_rate", "lr_scheduler_type": "schedule",
    "scheduler": "schedule", "dataloader_drop_last": "drop_last", "base_model": "model",
    "model_name_or_path": "model", "early_stopping_patience": "early_stop",
    "metric_for_best_model": "metric", "max_seq_length": "max_length", "eval_dataset": "evaluate",
    "evaluation_steps": "eval_steps", "data_seed": "seed",
    "ema_decay": "ema", "accumulation": "gradient_accumulation_steps",
    "path": "file", "data": "file", "text_columns": "columns", "label_column": "label",
  ]

  private func recipe(_ json: JSON) throws -> Recipe {
    try check(json, Self.keys)
    let version = try json.int("version", default: Self.version)
    guard version == Self.version else {
      throw FileError(
        "\(json.name): is a recipe of version \(version); this embed reads version \(Self.version)")
    }
    var recipe = Recipe()
    recipe.model = try json.present("model").map { try located(model: $0.string()) }
    recipe.teacher = try json.present("teacher").map { try located(model: $0.string()) }
    recipe.project = try json.present("project").map { try $0.choice() }
    recipe.keepLayers = try json.present("keep_layers")?.array().elements.map { try $0.int() }
    recipe.training = try training(json)
    recipe.training.lora = try json.present("lora").map {
      try LoRAOptions(recipe: $0, located: located)
    }
    recipe.learningRate = try json.present("learning_rate")?.double()
    recipe.batchSize = try json.present("batch_size")?.int()
    recipe.batchSampler = try json.present("batch_sampler").map { try $0.choice() }
    recipe.prompts = try prompts(json)
    recipe.pooling = try json.present("pooling")?.string()
    recipe.kind = try json.present("type").map { try $0.choice() }
    recipe.maxLength = try json.present("max_length")?.int()
    recipe.precision = try json.present("precision").map { try $0.choice() } ?? .f32
    recipe.batchTokens = try json.present("batch_tokens")?.int()
    recipe.memory = try json.present("memory").map(memory)
    recipe.evaluation = try evaluation(json)
    recipe.saveSteps = try json.present("save_steps")?.int()
    recipe.saveTotalLimit = try json.present("save_total_limit")?.int()
    let sets = try json.present("datasets")?.array().elements.map(source) ?? []
    let matryoshka = try json.present("matryoshka")?.array().elements.map { try $0.int() } ?? []
    recipe.datasets = sets.map { set in
      var set = set
      set.loss.matryoshka = matryoshka
      return set
    }
    return recipe
  }

  private func training(_ json: JSON) throws -> TrainingOptions {
    var options = TrainingOptions()
    options.epochs = try json.double("epochs", default: options.epochs)
    options.maxSteps = try json.present("max_steps")?.int()
    if let steps = options.maxSteps, steps < 1 { options.maxSteps = nil }
    options.gradientAccumulationSteps = try json.int(
      "gradient_accumulation_steps", default: options.gradientAccumulationSteps)
    options.schedule = try json.present("schedule").map { try $0.choice() } ?? options.schedule
    // Who says a number of steps, be it 0, wants no share.
    let steps = try json.present("warmup_steps")?.int()
    options.warmupSteps = steps ?? 0
    options.warmupRatio = try json.double(
      "warmup_ratio", default: steps == nil ? options.warmupRatio : 0)
    options.weightDecay = try json.double("weight_decay", default: options.weightDecay)
    options.maxGradNorm = try json.double("max_grad_norm", default: options.maxGradNorm)
    options.adamBeta1 = try json.double("adam_beta1", default: options.adamBeta1)
    options.adamBeta2 = try json.double("adam_beta2", default: options.adamBeta2)
    options.adamEpsilon = try json.double("adam_epsilon", default: options.adamEpsilon)
    options.dropout = try json.present("dropout")?.double()
    options.freeze = try json.present("freeze")?.array().elements.map { try $0.string() } ?? []
    options.learningRateOf =
      try json.present("learning_rate_of")?.object().members.map {
        TrainingOptions.NamedRate(name: try $0.string(), rate: try $1.double())
      } ?? []
    options.ema = try json.present("ema")?.double()
    options.seed = try json.int("seed", default: options.seed)
    options.shuffle = try json.bool("shuffle", default: options.shuffle)
    options.dropLast = try json.bool("drop_last", default: options.dropLast)
    options.multiDatasetBatchSampler =
      try json.present("multi_dataset_batch_sampler").map { try $0.choice() }
      ?? options.multiDatasetBatchSampler
    return options
  }

  private func prompts(_ json: JSON) throws -> TrainingPrompts {
    var prompts = TrainingPrompts()
    prompts.name = try json.present("prompt_name")?.string()
    prompts.text = try json.present("prompt")?.string()
    if let value = try json.present("prompts") {
      // sentence-transformers takes one for all columns, too.
      if value.kind == .string {
        prompts.text = try value.string()
      } else {
        prompts.columns = try value.texts()
      }
    }
    guard prompts.name == nil || prompts.text == nil else {
      throw FileError("\(json.name): `prompt_name` and `prompt` exclude each other; give one")
    }
    return prompts
  }

  private func evaluation(_ json: JSON) throws -> EvaluationPlan {
    var plan = EvaluationPlan()
    if let value = try json.present("evaluate") {
      plan.sources = try (value.kind == .array ? Array(value.elements) : [value]).map(evaluated)
    }
    plan.steps = try json.present("eval_steps")?.int()
    plan.metric = try json.present("metric")?.string()
    plan.keep = try json.present("keep").map { try $0.choice() } ?? plan.keep
    plan.earlyStop = try json.present("early_stop")?.int()
    return plan
  }

  private func evaluated(_ json: JSON) throws -> EvaluationPlan.Source {
    guard json.kind == .object else {
      let source = try EvaluationPlan.Source(json.string())
      guard case .file(var file) = source else { return source }
      file.path = located(file.path)
      return .file(file)
    }
    try check(json, Self.evaluationKeys)
    return .file(
      EvaluationFile(
        path: located(try json.string("file")), columns: try columns(json),
        sum: try json.present("sha256")?.string()))
  }

  private func source(_ json: JSON) throws -> DataSource {
    try check(json.object(), Self.setKeys)
    var source = DataSource()
    source.files = try json.value("file").strings().map(located)
    source.sums = try json.present("sha256")?.strings() ?? []
    guard source.sums.isEmpty || source.sums.count == source.files.count else {
      throw FileError("\(json.place): `sha256` should be one for each file")
    }
    source.columns = try columns(json)
    source.isParallel = try json.bool("parallel", default: false)
    if let loss = try json.present("loss") {
      source.loss = try LossChoice(loss)
      source.loss.weights = source.loss.weights.map(located)
      source.loss = try source.loss.withGuide(located(model:))
    }
    source.scoreRange = try json.present("score_range").map(range)
    source.batchSize = try json.present("batch_size")?.int()
    source.batchSampler = try json.present("batch_sampler").map { try $0.choice() }
    source.prompts = try json.present("prompts")?.texts() ?? [:]
    source.format.format = try json.present("input").map { try $0.choice() }
    source.format.delimiter = try json.present("delimiter").map { value in
      try value.said { try Delimiter.named($0) }
    }
    if let value = try json.present("encoding") {
      source.format.encoding = try value.said { try TextEncoding.named($0) }
    }
    return source
  }

  private func columns(_ json: JSON) throws -> ColumnRequest {
    var request = ColumnRequest()
    request.texts = try json.present("columns")?.array().elements.map { try $0.string() }
    if let texts = request.texts, texts.isEmpty {
      throw FileError("\(json.place): `columns` names none; leave it out for all texts")
    }
    if let label = json["label"] {
      request.label = label.isNull ? .none : .named(try label.string())
    }
    return request
  }

  private func range(_ json: JSON) throws -> ScoreRange {
    let numbers = try json.array().elements.map { try $0.double() }
    guard numbers.count == 2 else { throw json.mismatch("two numbers") }
    return ScoreRange(least: numbers[0], largest: numbers[1])
  }

  private func memory(_ json: JSON) throws -> Int {
    json.kind == .number ? try json.int() : try json.said { try MemoryOption.bytes($0) }
  }

  /// A path from the recipe's folder.
  private func located(_ path: String) -> String {
    path == "-" || path.hasPrefix("/") ? path : folder + path
  }

  /// A directory in the recipe's folder, or a name.
  private func located(model name: String) throws -> String {
    try isDirectory(located(name)) ? located(name) : name
  }

  private func check(_ json: JSON, _ known: [String]) throws {
    for (key, value) in try json.object().members {
      let key = try key.string()
      guard !known.contains(key) else { continue }
      let near = Self.otherNames[key].flatMap { known.contains($0) ? $0 : nil }
      let meant = near ?? nearestName(to: key, among: known)
      throw FileError(
        "\(value.place) is not known; "
          + (meant.map { "did you mean `\($0)`?" } ?? "known are \(known.joined(separator: ", "))"))
    }
  }
}
