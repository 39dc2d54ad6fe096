import Embeddings
import Glibc
import ModelFiles
import Tensors
import Training

/// Writes a recipe as it was carried out.
struct RecipeWriter {
  private let recipe: Recipe
  private let options: TrainingOptions
  private let sets: [PreparedSet]

  init(_ recipe: Recipe, _ options: TrainingOptions, _ sets: [PreparedSet]) {
    (self.recipe, self.options, self.sets) = (recipe, options, sets)
  }

  /// - Parameters:
  ///   - model: the start model's directory
  ///   - teacher: that of the model that was learned from
  ///   - kept: the files in the run's folder that standard input's rows are in
  func value(model: String, teacher: String?, kept: [String]) throws -> JSONValue {
    var kept = kept[...]
    let datasets = try sets.map { set in
      try self.set(set, kept: set.source.files.contains("-") ? kept.popFirst() : nil)
    }
    let head: [(String, JSONValue)] = [
      ("version", .int(RecipeReader.version)), ("model", .string(Self.absolute(model))),
      ("datasets", .array(datasets)),
    ]
    return .object(head + hyperparameters + (try rest(teacher: teacher)))
  }

  private var hyperparameters: [(String, JSONValue)] {
    [
      ("epochs", .double(options.epochs)), ("max_steps", .int(options.maxSteps ?? -1)),
      ("gradient_accumulation_steps", .int(options.gradientAccumulationSteps)),
      ("learning_rate", .double(options.learningRate)),
      ("schedule", .string(options.schedule.rawValue)), ("warmup_steps", .int(options.warmupSteps)),
      ("warmup_ratio", .double(options.warmupSteps > 0 ? 0 : options.warmupRatio)),
      ("weight_decay", .double(options.weightDecay)),
      ("max_grad_norm", .double(options.maxGradNorm)), ("adam_beta1", .double(options.adamBeta1)),
      ("adam_beta2", .double(options.adamBeta2)), ("adam_epsilon", .double(options.adamEpsilon)),
      ("dropout", .optional(options.dropout) { .double($0) }),
      ("ema", .optional(options.ema) { .double($0) }),
      ("freeze", .array(options.freeze.map { .string($0) })),
      (
        "learning_rate_of", .object(options.learningRateOf.map { ($0.name, .double($0.rate)) })
      ),
      ("lora", .optional(options.lora) { $0.recipeValue }),
      ("seed", .int(options.seed)), ("shuffle", .bool(options.shuffle)),
      ("drop_last", .bool(options.dropLast)),
      ("multi_dataset_batch_sampler", .string(options.multiDatasetBatchSampler.rawValue)),
    ]
  }

  private func rest(teacher: String?) throws -> [(String, JSONValue)] {
    let plan = recipe.evaluation
    let named: [(String, JSONValue?)] = [
      ("teacher", try (teacher ?? recipe.teacher).map { .string(try Self.absolute(model: $0)) }),
      ("project", recipe.project.map { .string($0.rawValue) }),
      ("keep_layers", recipe.keepLayers.map { layers in JSONValue.array(layers.map { .int($0) }) }),
      ("max_length", recipe.maxLength.map { .int($0) }),
      ("pooling", recipe.pooling.map { .string($0) }),
      ("type", recipe.kind.map { .string($0.rawValue) }),
      ("precision", .string(recipe.precision.rawValue)),
      ("batch_tokens", recipe.batchTokens.map { .int($0) }),
      ("memory", recipe.memory.map { .int($0) }),
      ("prompt", recipe.prompts.text.map { .string($0) }),
      ("prompt_name", recipe.prompts.name.map { .string($0) }),
      ("prompts", Self.object(recipe.prompts.columns)),
      ("evaluate", plan.sources.isEmpty ? nil : .array(try plan.sources.map(source))),
      ("eval_steps", plan.steps.map { .int($0) }), ("metric", plan.metric.map { .string($0) }),
      ("keep", plan.sources.isEmpty ? nil : .string(plan.keep.rawValue)),
      ("early_stop", plan.earlyStop.map { .int($0) }),
      ("save_steps", recipe.saveSteps.map { .int($0) }),
      ("save_total_limit", recipe.saveTotalLimit.map { .int($0) }),
    ]
    return named.compactMap { name, value in value.map { (name, $0) } }
  }

  private func source(_ source: EvaluationPlan.Source) throws -> JSONValue {
    switch source {
    case .share(let share): return .string("\(decimal(share * 100))%")
    case .file(let file):
      return .object(
        [
          ("file", .string(Self.absolute(file.path))),
          ("sha256", .string(try Checksums.sum(of: file.path) { Interrupt.requested })),
        ] + Self.columns(file.columns))
    }
  }

  private static func columns(_ request: ColumnRequest) -> [(String, JSONValue)] {
    let texts = request.texts.map { [("columns", JSONValue.array($0.map { .string($0) }))] } ?? []
    return switch request.label {
    case .automatic: texts
    case .none: texts + [("label", .null)]
    case .named(let name): texts + [("label", .string(name))]
    }
  }

  private func set(_ set: PreparedSet, kept: String?) throws -> JSONValue {
    var fields: [(String, JSONValue)] = []
    if let kept {
      fields.append(("file", .string(kept)))
    } else {
      let files = set.source.files
      let sums = try files.map { try Checksums.sum(of: $0) { Interrupt.requested } }
      fields += [
        ("file", Self.one(files.map { .string(Self.absolute($0)) })),
        ("sha256", Self.one(sums.map { .string($0) })),
      ]
      fields += Self.format(set.source.format)
      if set.source.isParallel { fields.append(("parallel", true)) }
    }
    // What is kept of standard input has its columns by the names that they came to have.
    if let columns = kept == nil ? set.columns : set.set.columns.map(\.name) {
      fields.append(("columns", .array(columns.map { .string($0) })))
    }
    fields += [
      ("label", .optional(set.label) { .string($0) }),
      (
        "loss",
        try set.source.loss.withGuide(Self.absolute(model:)).value(
          standard: set.askedLoss, weights: set.source.loss.weights.map(Self.absolute))
      ),
    ]
    if let range = set.scoreRange, kept == nil {
      fields.append(("score_range", .array([.double(range.least), .double(range.largest)])))
    }
    fields += [
      ("batch_size", .int(set.batchSize)), ("batch_sampler", .string(set.sampler.rawValue)),
    ]
    return .object(fields + (Self.object(set.source.prompts).map { [("prompts", $0)] } ?? []))
  }

  private static func format(_ format: TextFormat) -> [(String, JSONValue)] {
    let named: [(String, JSONValue?)] = [
      ("input", format.format.map { .string($0.rawValue) }),
      ("delimiter", format.delimiter.map { .string(String(UnicodeScalar($0))) }),
      ("encoding", format.encoding.isUTF8 ? nil : .string(format.encoding.name)),
    ]
    return named.compactMap { name, value in value.map { (name, $0) } }
  }

  private static func object(_ texts: [String: String]) -> JSONValue? {
    texts.isEmpty ? nil : .object(texts.sorted { $0.key < $1.key }.map { ($0, .string($1)) })
  }

  /// A value alone, or several as an array.
  private static func one(_ values: [JSONValue]) -> JSONValue {
    values.count == 1 ? values[0] : .array(values)
  }

  /// A directory's path from the root; a name as it is.
  static func absolute(model name: String) throws -> String {
    try isDirectory(name) ? absolute(name) : name
  }

  /// A path from the root.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return "\(String(cString: folder))/\(path)"
  }
}
