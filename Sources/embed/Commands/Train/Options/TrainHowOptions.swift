import ArgumentParser
import Embeddings
import Tensors
import Training

/// The model that training starts from, and how it computes.
struct TrainModelOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "Start from this model, a directory or a name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Compute products in this precision: f32, bf16x3, bf16 or auto; all else is float32.",
      valueName: "PRECISION"), completion: .list(PrecisionChoice.names))
  var precision: PrecisionChoice?

  @Option(
    help: ArgumentHelp(
      "Use at most N threads (default: the processors that this process may use); changes no bit.",
      valueName: "N"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Compute N tokens at a time (default: as memory allows).", valueName: "N"))
  var batchTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Cut texts to N tokens, where that is fewer than the model's limit.", valueName: "N"))
  var maxLength: Int?

  @Option(
    help: ArgumentHelp(
      "Make a text's vector of a plain network's: mean, cls, max, lasttoken … (default: mean, or "
        + "the "
        + "last token).",
      valueName: "MODE"))
  var pooling: String?

  @Option(
    name: .customLong("type"),
    help: ArgumentHelp(
      "Make this kind of model of it: sparse takes a masked language model with its head, rerank gives "
        + "a network a new head, which scores pairs.",
      valueName: "dense|sparse|rerank"), completion: .list(["dense", "sparse", "rerank"]),
    transform: ModelKind.named)
  var kind: ModelKind?

  @Option(
    help: ArgumentHelp(
      "Begin with these layers of the model's network alone, counted from 0.", valueName: "N,N"),
    transform: { try TrainLossOptions.numbers($0, from: 0) })
  var keepLayers: [Int]?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func apply(to recipe: inout Recipe) {
    put(model, into: &recipe.model)
    put(precision?.precision, into: &recipe.precision)
    put(batchTokens, into: &recipe.batchTokens)
    put(maxLength, into: &recipe.maxLength)
    put(pooling, into: &recipe.pooling)
    put(kind, into: &recipe.kind)
    put(keepLayers, into: &recipe.keepLayers)
  }
}

/// How long and how fast is learned.
struct TrainHowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Go through all rows N times; 0.5 is half of them (default: 1).", valueName: "N"))
  var epochs: Double?

  @Option(
    help: ArgumentHelp("Take N steps, whatever the epochs.", valueName: "N"))
  var maxSteps: Int?

  @Option(
    help: ArgumentHelp(
      "Take N rows a batch (default: 16; 64 where other rows are wrong answers; 2048 for static "
        + "models).",
      valueName: "N"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp("Add the gradients of N batches for a step (default: 1).", valueName: "N"))
  var gradientAccumulationSteps: Int?

  @Option(
    help: ArgumentHelp(
      "The largest learning rate (default: 2e-5; static models 0.2).", valueName: "RATE"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "How the rate changes: linear, cosine, constant or constant_with_warmup (default: linear).",
      valueName: "NAME"))
  var schedule: Schedule.Kind?

  @Option(
    help: ArgumentHelp(
      "Let the rate rise over this share of all steps (default: 0.1).", valueName: "SHARE"))
  var warmupRatio: Double?

  @Option(help: ArgumentHelp("Let the rate rise over N steps.", valueName: "N"))
  var warmupSteps: Int?

  @Option(
    help: ArgumentHelp(
      "Drop this share of numbers at random (default: as the model's config.json says).",
      valueName: "SHARE"))
  var dropout: Double?

  @Option(
    help: ArgumentHelp(
      "Do not change tensors whose names begin so; also embeddings, layers:0-5; several between "
        + "commas.",
      valueName: "NAME"))
  var freeze: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another learning rate for tensors whose names begin so.", valueName: "NAME=RATE"),
    transform: Self.namedRate)
  var learningRateOf: [TrainingOptions.NamedRate] = []

  @Option(
    help: ArgumentHelp(
      "Evaluate and write a moving average of the weights, which keeps this share of itself in each "
        + "step, such as 0.999 (default: the weights themselves).",
      valueName: "SHARE"))
  var ema: Double?

  @Option(
    help: ArgumentHelp(
      "Train changes of rank N of some matrices, not the model (LoRA); also modules=query+value or "
        + "all-linear, rslora=true, save=adapter, from=DIR (default: r=8,alpha=8 and peft's modules).",
      valueName: "r=N,alpha=N"), transform: { try LoRAOptions(option: $0) })
  var lora: LoRAOptions?

  func validate() throws {
    if let maxSteps, maxSteps < 1 { throw ValidationError("--max-steps should be at least 1") }
    if freeze.contains(where: { $0.split(separator: ",").isEmpty }) {
      throw ValidationError("--freeze takes beginnings of tensors' names")
    }
  }

  private static func namedRate(_ text: String) throws -> TrainingOptions.NamedRate {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let rate = Double(decimal: Array(parts[1].utf8))
    else { throw ValidationError("should be a name and a rate, such as embeddings=1e-6") }
    return TrainingOptions.NamedRate(name: String(parts[0]), rate: rate)
  }

  func apply(to recipe: inout Recipe) {
    put(epochs, into: &recipe.training.epochs)
    if epochs != nil { recipe.training.maxSteps = nil }
    put(maxSteps, into: &recipe.training.maxSteps)
    if let batchSize {
      recipe.batchSize = batchSize
      for index in recipe.datasets.indices { recipe.datasets[index].batchSize = nil }
    }
    put(gradientAccumulationSteps, into: &recipe.training.gradientAccumulationSteps)
    put(learningRate, into: &recipe.learningRate)
    put(schedule, into: &recipe.training.schedule)
    if warmupRatio != nil || warmupSteps != nil {
      recipe.training.warmupSteps = warmupSteps ?? 0
      recipe.training.warmupRatio = warmupRatio ?? 0
    }
    if let dropout { recipe.training.dropout = dropout }
    if let ema { recipe.training.ema = ema }
    if !freeze.isEmpty {
      recipe.training.freeze = freeze.flatMap { $0.split(separator: ",").map(String.init) }
    }
    if !learningRateOf.isEmpty { recipe.training.learningRateOf = learningRateOf }
    put(lora, into: &recipe.training.lora)
  }
}

/// The numbers of AdamW.
struct TrainOptimizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make matrices and tables smaller by this share of the rate a step (default: 0.01).",
      valueName: "SHARE"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "The largest norm of all gradients together; 0 for any (default: 1).", valueName: "NORM"))
  var maxGradNorm: Double?

  @Option(help: ArgumentHelp("AdamW's β₁ (default: 0.9).", valueName: "BETA"))
  var adamBeta1: Double?

  @Option(help: ArgumentHelp("AdamW's β₂ (default: 0.999).", valueName: "BETA"))
  var adamBeta2: Double?

  @Option(help: ArgumentHelp("AdamW's ε (default: 1e-8).", valueName: "EPSILON"))
  var adamEpsilon: Double?

  func apply(to recipe: inout Recipe) {
    put(weightDecay, into: &recipe.training.weightDecay)
    put(maxGradNorm, into: &recipe.training.maxGradNorm)
    put(adamBeta1, into: &recipe.training.adamBeta1)
    put(adamBeta2, into: &recipe.training.adamBeta2)
    put(adamEpsilon, into: &recipe.training.adamEpsilon)
  }
}

extension Schedule.Kind: ExpressibleByArgument {}
