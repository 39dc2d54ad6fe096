import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Training
import Vectors

/// What a run writes of its model: the files, the card, the picture, the last lines.
struct RunWriting {
  let setup: TrainSetup
  let judge: RunJudge
  let log: TrainingLog
  /// The step whose weights are written as the best; `nil` for the last ones.
  let best: Int?
  let evaluationSeconds: Double

  /// The file of the best weights in a run's folder.
  static let weights = "weights.safetensors"

  /// Reads the weights that were best.
  static func read(
    _ folder: String, like tensors: [String: Tensor], _ own: [String: Tensor]
  ) throws -> (model: [String: Tensor], own: [String: Tensor]) {
    let path = "\(folder)/\(weights)"
    let file = try TensorFile(safetensors: path)
    func read(_ name: String, _ shape: [Int]) throws -> Tensor {
      guard let raw = file[name], raw.type == .f32, raw.shape == shape else {
        throw FileError("\(path): should have `\(name)` as F32 of \(shape); the file is damaged")
      }
      return try raw.withBytes { Tensor(shape, raising: $0, from: .float32) }
    }
    let model = try tensors.map { ($0.key, try read($0.key, $0.value.shape)) }
    let found = try own.map { ($0.key, try read($0.key, $0.value.shape)) }
    return (
      Dictionary(uniqueKeysWithValues: model), Dictionary(uniqueKeysWithValues: found)
    )
  }

  /// Writes a model directory, the card included.
  /// - Parameter numbers: the trainer's
  func model(
    _ numbers: [String: Tensor], _ own: [String: Tensor], to folder: any FolderWriting
  ) throws {
    let tensors = setup.trainer.tensors(of: numbers)
    // The copy reads the files once more, by itself.
    setup.model.start.releaseWeights()
    let weights = own.sorted { $0.key < $1.key }.map {
      (name: String($0.key.dropFirst("loss/".count)), tensor: $0.value)
    }
    try TrainedModel(setup.model.start, similarity: setup.data.similarity).write(
      tensors, lossWeights: weights, to: folder)
    if let adapter = setup.trainer.adapter, adapter.options.savesAdapter {
      let base = setup.hubName ?? RecipeWriter.absolute(setup.model.start.folder.path)
      try adapter.write(numbers, base: base, to: folder)
    }
    try folder.write(ModelCard.fileName, ModelCard(card()).bytes)
  }

  private func card() throws -> CardContents {
    let start = setup.model.start
    let inspection = try Inspection(start)
    let routes = try setup.data.objectives.map {
      try $0.prompts.map { try start.route(prompt: $0) }
    }
    var card = CardContents(
      baseModel: (name: setup.hubName ?? setup.name, isOnHub: setup.hubName != nil),
      maximumLength: inspection.limit?.tokens,
      dimension: inspection.dimension,
      similarity: setup.data.similarity.rawValue, modules: inspection.modules,
      sets: try zip(setup.data.objectives, routes).map { objective, routes in
        try CardSet(objective.set, objective.loss) { text, column in
          try routes[column].encoding(of: text).ids.count
        }
      })
    let route = try start.route()
    card.evaluationSets = try judge.evaluators.map { evaluator in
      try CardSet(evaluator.set, nil) { text, _ in try route.encoding(of: text).ids.count }
    }
    card.kind = start.modelKind
    card.hyperparameters = CardHyperparameter.all(
      setup.data.options, setup.data.objectives, precision: setup.recipe.precision.rawValue)
    card.log = log
    card.savedStep = best
    card.trainingSeconds = log.seconds
    card.evaluationSeconds = evaluationSeconds
    card.versions = [(name: "embed", version: Embed.version)]
    let step = best ?? log.steps.last?.step
    let results = log.evaluations.last { $0.step == step }?.results ?? []
    card.evaluations = judge.evaluators.compactMap { evaluator in
      results.first { $0.name == evaluator.name }.map {
        CardEvaluation(
          evaluator.cardKind, name: $0.name, metrics: $0.metrics, primary: evaluator.primary)
      }
    }
    card.logged = judge.evaluators.map { CardMetric(set: $0.name, name: $0.primary) }
    return card
  }

  /// The course of the run, as an SVG.
  var plot: [UInt8] {
    LossPlot(
      log, metrics: judge.evaluators.map { .init(set: $0.name, name: $0.primary) }, best: best
    ).svg
  }

  /// Says what the run came to.
  func say(output: String, done: Int) {
    let written = best ?? done
    let summary = TrainingSummary(
      log: log, rows: DataSummary.noun(columns: setup.data.objectives[0].set.columns.count),
      memory: PeakMemory.bytes,
      evaluations: judge.evaluators.map { evaluator in
        .init(
          set: evaluator.name, metric: evaluator.primary,
          best: evaluator.name == judge.metric?.set ? best : nil, written: written)
      }, output: output, kind: setup.model.start.modelKind)
    for line in summary.lines where !setup.messages.isQuiet {
      writeToStandardError(Messages.escaped(line + "\n"))
    }
    sayWhereItGotWorse(written)
  }

  private func sayWhereItGotWorse(_ written: Int) {
    guard let metric = judge.metric else { return }
    let values = log.values(of: metric.set, metric.name)
    guard let before = values.first(where: { $0.step == 0 })?.value,
      let after = values.last(where: { $0.step == written })?.value, after < before
    else { return }
    setup.messages.warn(
      "\(metric.set): \(metric.name.replacing("_", with: " ")) is lower than before the training; try "
        + "a lower --learning-rate, fewer epochs or other data")
  }
}

extension TrainEvaluator {
  /// As cards call it.
  fileprivate var cardKind: CardEvaluation.Kind {
    switch kind {
    case .scores: .similarity
    case .matches: .binary
    case .triplets, .pairs: .triplets
    case .vectors: .distillation
    case .reranking(let pairs): pairs.cardKind
    }
  }
}
