import Embeddings
import Machine
import ModelFiles
import Tensors
import Tokenizers
import Training
import Vectors

/// All that a run is made of, read and checked, before anything is trained.
struct TrainSetup {
  let options: TrainOptions
  let recipe: Recipe
  let messages: Messages
  let threads: Int
  /// The model's name as it was asked for.
  let name: String
  /// That of the hub, where the hub has it.
  let hubName: String?
  /// The start model's directory.
  let startFolder: String
  let model: TrainableModel
  /// The same model for evaluations, which are in float32.
  let judge: TextModel
  let data: TrainingData
  let trainer: Trainer
  /// Where a start model that was made of another lies, as long as it is needed.
  private let temporary: [TemporaryFolder?]

  /// - Parameter folder: of the run; `nil` where nothing is to be made
  init(_ options: TrainOptions, _ recipe: Recipe, in folder: TrainFolder?) throws {
    var recipe = recipe
    self.options = options
    (messages, threads) = (options.messages, options.threadCount)
    if let memory = recipe.memory { Memory.bound = memory }
    let path = try ModelFinder().folder(of: recipe.model, messages)
    name = recipe.model.map(lastPart) ?? lastPart(path)
    hubName = ModelFinder.hubName(asked: recipe.model, found: path)?.repository
    startFolder = path
    let names = [recipe.model, hubName, path].compactMap { $0 }
    if let adapter = recipe.training.lora?.start { try Adapter.check(adapter, isFor: names) }
    try Self.checkAdapter(in: path)
    let teachers = Teachers(
      threads: threads,
      kept: KeptVectors(
        folder: folder?.folder, messages: messages, progress: options.output.progress),
      messages: messages)
    let guiding = try recipe.teacher.map { (name: $0, embedder: try teachers.embedder($0)) }
    let begun = try Self.start(recipe, path, threads, teacher: guiding?.embedder.dimension, folder)
    let start = begun.model
    try start.folder.checkIsCopied()
    let trained =
      try HeadedStart.isNeeded(for: recipe.kind, start, name) ? nil : TrainableModel(start)
    let asked = try StartModel(name, start, trained)
    if let lora = recipe.training.lora {
      guard let trained else {
        throw FileError(
          "--lora trains no new head, as --type rerank makes of \(name); train a reranker without it "
            + "first, and then changes of that one")
      }
      recipe.training.lora = try lora.resolved(for: trained)
    }
    self.recipe = recipe
    let teacher = try guiding.map { [recipe] name, embedder in
      if asked.kind == .dense {
        try StudentFolder.check(recipe, width: asked.width, teacher: embedder.dimension)
      }
      return try teachers.teacher(
        name, embedder, shortened: recipe.project == .pca ? asked.width : nil)
    }
    data = try TrainingData(
      recipe, asked, teacher: teacher,
      guide: { name, set in try teachers.guide(name, of: start, set) },
      similarity: start.similarity, messages: messages)
    let (place, kept) =
      try asked.hasNewHead
      ? HeadedStart.folder(of: start, data.sets, seed: recipe.training.seed, in: folder)
      : (begun.place, nil)
    temporary = [begun.kept, kept]
    let read = { [threads, recipe] (precision: Precision?) in
      try TextModel(
        folder: place,
        options: Self.embedding(
          recipe, threads, begun.pooling, precision, as: start.options.kind))
    }
    model = try trained ?? TrainableModel(read(nil))
    judge = recipe.precision == .f32 ? model.start : try read(.f32)
    let width = try model.width
    for objective in data.objectives { try objective.loss.check(objective.set, width: width) }
    trainer = try Trainer(
      model, data.objectives, data.options, own: Self.weights(data.sets), threads: threads,
      batchTokens: recipe.batchTokens, cancelled: { Interrupt.requested })
    try sayWhatWillBeDone()
  }

  /// The model to begin with, its folder, and how its tokens' vectors become one where no file says it:
  /// as it was found, or made of that where the recipe asks for some of its layers or a Dense. What
  /// becomes a sparse model is read as one, where that is asked for or, where its files leave it open, a
  /// named loss needs it; a reranker gets its head later.
  private static func start(
    _ recipe: Recipe, _ path: String, _ threads: Int, teacher: Int?, _ folder: TrainFolder?
  ) throws -> (model: TextModel, place: String, pooling: String?, kept: TemporaryFolder?) {
    func read(_ path: String, _ pooling: String?, as kind: ModelKind?) throws -> TextModel {
      try TextModel(folder: path, options: embedding(recipe, threads, pooling, as: kind))
    }
    var start = try read(path, recipe.pooling, as: recipe.kind == .sparse ? .sparse : nil)
    let needed = recipe.datasets.lazy.compactMap { $0.loss.name.flatMap { Losses.kind(of: $0) } }
      .first
    let isOpen = recipe.kind == nil && start.isPlain && start.modelKind == .dense
    if isOpen, needed == .sparse { start = try read(path, recipe.pooling, as: .sparse) }
    let student = try StudentFolder.write(recipe, of: start, teacher: teacher, in: folder?.folder)
    guard let student else { return (start, path, recipe.pooling, nil) }
    // A Dense follows a pooling that is listed.
    let pooling = recipe.project == .dense ? nil : recipe.pooling
    return (
      try read(student.path, pooling, as: start.options.kind), student.path, pooling, student.kept
    )
  }

  /// Refuses an adapter in the place of a model.
  private static func checkAdapter(in path: String) throws {
    guard try fileExists("\(path)/adapter_config.json") else { return }
    throw FileError(
      "\(path): holds an adapter (adapter_config.json), which is no model without its base; to go on "
        + "with it, start from the model that it was made for: -m MODEL --lora "
        + "from=\(TrainFolder.word(path)); or from what both make: `embed convert --merge`")
  }

  private static func embedding(
    _ recipe: Recipe, _ threads: Int, _ pooling: String?, _ precision: Precision? = nil,
    as kind: ModelKind? = nil
  ) -> EmbedderOptions {
    var options = EmbedderOptions(
      threads: threads, maximumLength: recipe.maxLength,
      precision: .init(precision ?? recipe.precision))
    options.modelName = recipe.model
    options.storedFrom = 0
    options.pooling = pooling
    options.kind = kind
    return options
  }

  /// What losses' own weights begin with, where recipes name files of them.
  private static func weights(_ sets: [PreparedSet]) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    let objectives = sets.map(\.objective)
    for (index, set) in sets.enumerated() {
      guard let path = set.source.loss.weights else { continue }
      let file = try TensorFile(safetensors: path)
      for (name, tensor) in set.loss.weights {
        guard let stored = file[name], stored.type == .f32, stored.shape == tensor.shape else {
          throw FileError(
            "\(path): should have `\(name)` as F32 of \(tensor.shape)"
              + (file[name].map { ", has \($0.type.rawValue) of \($0.shape)" } ?? ""))
        }
        weights[objectives.weightPrefix(of: index) + name] = try stored.withBytes {
          Tensor(stored.shape, raising: $0, from: .float32)
        }
      }
    }
    return weights
  }

  private func sayWhatWillBeDone() throws {
    var summary = data.summary
    summary.steps = trainer.plan.steps
    summary.adapter = trainer.adapter.map { $0.words(trainer.counts) }
    let cost = try trainer.cost()
    summary.seconds = try cost.operations / trainer.operationRate()
    summary.bytes = cost.bytes
    messages.note(summary.line)
    if cost.areAllCut {
      throw FileError(
        "all texts that were looked at are longer than the limit of \(cost.limit ?? 0) tokens, and "
          + "would be cut; raise --max-length, or shorten them")
    }
  }
}
