import Embeddings
import Glibc
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
  let model: TrainableModel
  /// The same model for evaluations, which are in float32.
  let judge: TextModel
  let data: TrainingData
  let trainer: Trainer

  /// - Parameter folder: of the run; `nil` where nothing is to be made
  init(_ options: TrainOptions, _ recipe: Recipe, in folder: TrainFolder?) throws {
    (self.options, self.recipe) = (options, recipe)
    (messages, threads) = (options.messages, options.threadCount)
    if let memory = recipe.memory { Memory.bound = memory }
    let path = try ModelFinder().folder(of: recipe.model, messages)
    name = recipe.model.map(lastPart) ?? lastPart(path)
    hubName = ModelFinder.hubName(asked: recipe.model, found: path)?.repository
    let start = try TextModel(folder: path, options: Self.embedding(recipe, threads))
    model = try TrainableModel(start)
    judge =
      recipe.precision == .f32
      ? start : try TextModel(folder: path, options: Self.embedding(recipe, threads, .f32))
    let teacher = try recipe.teacher.map { [threads, messages] in
      try Self.teacher($0, threads, folder, messages)
    }
    let asked = StartModel(
      name: name, width: try model.width, isStatic: start.isStatic, layers: try model.layers,
      prompt: { try start.prompts.text(named: $0) })
    data = try TrainingData(
      recipe, asked, teacher: teacher,
      guide: { [threads, messages] name, set in
        try Self.guide(name, of: start, set, threads, folder, messages)
      }, similarity: start.similarity, messages: messages)
    for objective in data.objectives { try objective.loss.check(objective.set, width: model.width) }
    trainer = try Trainer(
      model, data.objectives, data.options, own: Self.weights(data.sets), threads: threads,
      batchTokens: recipe.batchTokens, cancelled: { Interrupt.requested })
    try sayWhatWillBeDone()
  }

  private static func embedding(
    _ recipe: Recipe, _ threads: Int, _ precision: Precision? = nil
  ) -> EmbedderOptions {
    var options = EmbedderOptions(
      threads: threads, maximumLength: recipe.maxLength,
      precision: .init(precision ?? recipe.precision))
    options.modelName = recipe.model
    options.pooling = recipe.pooling
    return options
  }

  /// A model whose vectors are computed once, and kept in the run's folder.
  private static func teacher(
    _ name: String, _ threads: Int, _ folder: TrainFolder?, _ messages: Messages
  ) throws -> Teacher {
    let path = try ModelFinder().folder(of: name, messages)
    let embedder = try Embedder(folder: path, options: EmbedderOptions(threads: threads))
    let route = try embedder.model.route()
    let kept = TeacherVectors(
      folder: folder?.folder, width: embedder.dimension, name: "teacher")
    return Teacher(name: name, width: embedder.dimension) { texts in
      try kept.vectors(texts) { part in
        let encodings = try embedder.model.encodings(of: part, by: route)
        return try embedder.vectors(of: encodings, by: route) { Interrupt.requested }.tensor
      }
    }
  }

  /// A model that says which texts are alike, by the tokens that the start model reads of them: as
  /// they are where it has the same, else as the text that they stand for.
  private static func guide(
    _ name: String, of start: TextModel, _ set: Int, _ threads: Int, _ folder: TrainFolder?,
    _ messages: Messages
  ) throws -> Guide {
    let path = try ModelFinder().folder(of: name, messages)
    let embedder = try Embedder(folder: path, options: EmbedderOptions(threads: threads))
    let guide = embedder.model
    let kept = TeacherVectors(
      folder: folder?.folder, width: embedder.dimension, name: "guide-\(set + 1)")
    return Guide { texts, prompt in
      let route = try start.route(prompt: prompt)
      let sharesTokens = try guide.sharesTokens(with: start, prompt: prompt)
      let own = try guide.route(prompt: sharesTokens ? prompt : "")
      return try kept.vectors(texts) { part in
        var encodings = try start.encodings(of: part, by: route)
        if !sharesTokens {
          let read = try encodings.map { try start.decoded($0.ids, skippingSpecials: true) }
          encodings = try guide.encodings(of: read, by: own)
        }
        return try embedder.vectors(of: encodings, by: own) { Interrupt.requested }.tensor
      }
    }
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
