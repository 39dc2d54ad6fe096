package import Embeddings
package import Encoders
import Machine
import ModelFiles
package import Tensors
import Tokenizers

/// Trains a model, step by step.
package final class Trainer {
  package let model: TrainableModel
  package let objectives: [Objective]
  package let options: TrainingOptions
  package let plan: StepPlan
  private let schedule: Schedule
  private let optimizer: AdamW
  /// What is evaluated and written in the place of the weights themselves; `nil` without one.
  private let average: MovingAverage?
  let step: TrainingStep
  let threads: Int
  private var order: StepOrder
  private var draws: RunDraws
  /// Tables of words, of which a step reads no other rows than its texts' tokens.
  private var tables: [String]
  /// Steps that were done.
  package private(set) var done = 0

  // What a step of a network of MiniLM's size gives back, and more.
  private static let mostKept = 512 << 20

  /// - Parameter cancelled: asked before each part of a batch; `true` ends the step in
  ///   `CancellationError`, as if it had not begun
  package init(
    _ model: TrainableModel, _ objectives: [Objective], _ options: TrainingOptions,
    own: [String: Tensor] = [:], threads: Int, batchTokens: Int? = nil,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.model, self.objectives, self.options) = (model, objectives, options)
    self.threads = threads
    TensorMemory.keep(atMost: min(Self.mostKept, Memory.bound / 8))
    let order = try TrainingOrder(objectives, options)
    plan = StepPlan(options, batchesPerEpoch: order.estimatedLength)
    schedule = Schedule(
      options.schedule, steps: plan.steps, warmupSteps: options.warmupSteps,
      warmupRatio: options.warmupRatio)
    self.order = StepOrder(order, plan)
    draws = RunDraws(seed: options.seed)
    let weights = try Self.weights(of: objectives, model).map { name, tensor in
      (name: name, tensor: own[name] ?? tensor)
    }
    let adapter = try Self.adapter(of: model, objectives, options)
    let parameters = try Parameters(
      model: adapter == nil ? model.tensors() : [], own: weights, options, adapter: adapter)
    // From here on there are copies of those that are trained.
    model.start.releaseWeights()
    optimizer = AdamW(parameters, options, threads: threads)
    average = options.ema.map { MovingAverage(of: parameters, decay: $0) }
    // An average takes in all rows of a table in each step.
    tables = average == nil ? model.wordTables : []
    let dense = parameters.trainedCount - (adapter == nil ? model.wordTableCount : 0)
    step = try TrainingStep(
      model, objectives, options, steps: plan.steps, threads: threads,
      gradientBytes: max(0, dense) * MemoryLayout<Float>.stride, batchTokens: batchTokens,
      cancelled: cancelled)
  }

  /// The changes of low rank that are trained in the place of the model, where they are asked for.
  private static func adapter(
    of model: TrainableModel, _ objectives: [Objective], _ options: TrainingOptions
  ) throws -> Adapter? {
    guard let lora = options.lora else { return nil }
    if let loss = objectives.map(\.loss).first(where: { $0.needs.hasTwin }) {
      throw FileError(
        "lora: \(type(of: loss).name) trains a copy of the model beside it, which no adapter does; "
          + "leave lora out, or take another loss")
    }
    return try Adapter(lora, of: model, seed: options.seed)
  }

  /// The losses' own weights, by the names that they have in a run.
  private static func weights(
    of objectives: [Objective], _ model: TrainableModel
  ) throws -> [(name: String, tensor: Tensor)] {
    try objectives.enumerated().flatMap { set, objective in
      let twin = try objective.loss.needs.hasTwin ? Twin.weights(of: model) : []
      return (objective.loss.weights + twin).map {
        (name: objectives.weightPrefix(of: set) + $0.name, tensor: $0.value)
      }
    }
  }

  /// Goes on after a step whose numbers a state has.
  package func resume(after step: Int, _ numbers: TrainingState) throws {
    var numbers = numbers
    try average?.restore(from: &numbers)
    try optimizer.restore(numbers)
    order.skip(to: step) { draws.skip($0, objectives) }
    done = step
  }

  /// What a run needs to go on from here with the same bits.
  package func state() throws -> TrainingState {
    var state = try optimizer.state()
    average?.append(to: &state)
    return state
  }

  /// The tokens of a batch's texts, column by column.
  func encodings(_ batch: RowBatch) throws -> [[Encoding]] { try step.encodings(batch) }

  var needs: MemoryPlan.Needs { step.needs }

  /// What a model is made of as it is after the last step, or the average over all steps where that is
  /// asked for; right until the next step: its tensors, or those of an adapter alone.
  package func numbers() throws -> [String: Tensor] {
    try optimizer.current().merging(average?.current ?? [:]) { $1 }
  }

  /// The model's tensors of such numbers.
  package func tensors(of numbers: [String: Tensor]) -> TrainedTensors {
    model.withCopies(optimizer.parameters.model(of: numbers))
  }

  /// The model's tensors as they are after the last step, right until the next one.
  package func tensors() throws -> TrainedTensors { try tensors(of: numbers()) }

  package var adapter: Adapter? { optimizer.parameters.adapter }

  /// How many numbers are trained, and how many the model has with them, of those that vectors
  /// depend on.
  package var counts: (trained: Int, all: Int) {
    let trained = optimizer.parameters.trainedCount
    return (trained, model.count + (adapter == nil ? 0 : trained))
  }

  /// The losses' own weights.
  package var weights: [String: Tensor] { optimizer.parameters.weights() }

  /// What one step came to.
  package struct Report: Sendable {
    package let number: Int
    package let epoch: Double
    package let loss: Double
    /// What it is the sum of, by sentence-transformers' names.
    package let parts: [(name: String, value: Double)]
    /// The one that was used.
    package let learningRate: Double
    /// Of the model's derivatives, before clipping.
    package let norm: Double
    package let samples: Int
    package let tokens: Int
    /// Texts that were cut to the limit.
    package let cut: Int
    /// The derivatives before clipping, of the first step alone.
    package let gradients: [String: Gradient]
  }

  /// Makes the next step; `nil` after the last one.
  /// - Throws: where the loss or a derivative is not finite; the numbers are those before the step
  package func next() throws -> Report? {
    guard done < plan.steps, let next = order.next() else { return nil }
    let drawn = draws.numbers(for: next, objectives)
    let encodings = try zip(next.batches, drawn).map { try step.encodings($0, drawn: $1) }
    let found = try gradients(next, encodings)
    let norm = try Training.norm(of: found.model, threads: threads)
    let ownNorm = try Training.norm(of: found.own, threads: threads)
    guard found.loss.isFinite, norm.isFinite, ownNorm.isFinite else {
      throw problem(next, loss: found.loss)
    }
    let factor = schedule.factor(step: next.number)
    let report = Report(
      number: next.number, epoch: next.epoch, loss: found.loss, parts: found.parts,
      learningRate: options.learningRate * factor, norm: norm, samples: found.samples,
      tokens: found.tokens, cut: found.cut,
      gradients: done == 0 ? found.model.merging(found.own) { $1 } : [:])
    try optimizer.step(
      found.model, own: found.own, factor: factor,
      scale: clipping(norm: norm, maximum: options.maxGradNorm))
    try average?.add(threads: threads)
    done = next.number
    return report
  }

  private func gradients(
    _ next: StepOrder.Step, _ encodings: [[[Encoding]]]
  ) throws -> StepGradients {
    let ids = Set(encodings.joined().joined().flatMap(\.ids))
    let rows = ids.sorted()
    for table in tables { try optimizer.prepare(table, rows: rows) }
    let parameters = optimizer.parameters
    let leaves = parameters.leaves()
    let found = try step(
      next.batches, encodings, parameters.model(of: leaves), leaves: leaves,
      weights: parameters.weights(), number: next.number)
    // A table that the tokens alone do not say the rows of: all of it has to be up to date.
    let late = tables.filter { name in
      if case .rows(let table) = found.model[name] { return !table.ids.allSatisfy(ids.contains) }
      return false
    }
    guard !late.isEmpty else { return found }
    tables.removeAll { late.contains($0) }
    for name in late { try optimizer.makeDense(name) }
    return try gradients(next, encodings)
  }

  private func problem(_ next: StepOrder.Step, loss: Double) -> FileError {
    let rows = next.batches.flatMap { batch in
      batch.rows.map { objectives[batch.set].set.place($0) }
    }
    let shown = rows.prefix(4).joined(separator: "; ") + (rows.count > 4 ? " …" : "")
    let what = loss.isFinite ? "a derivative of the loss" : "the loss"
    return FileError(
      "step \(next.number): \(what) is not finite (\(loss)), of the rows \(shown); lower the learning "
        + "rate, or look at these rows; the weights before this step are kept")
  }
}
