import Embeddings
import Glibc
import ModelFiles
import Tensors
import Training

/// A run of training from where it begins, or goes on, to the written model.
struct TrainRun: ~Copyable {
  private let setup: TrainSetup
  private let folder: TrainFolder
  private let trainer: Trainer
  private let judge: RunJudge
  private var log: StepLog
  private var state: RunState
  private var bar: TrainingBar
  private var pace = StatePace()
  /// Steps between evaluations; 0 for none.
  private let evalSteps: Int
  /// What evaluations took.
  private var evaluationSeconds = 0.0
  /// The step of the newest state that is kept.
  private var savedStep: Int?
  private let gradients: OutputFile?

  init(_ setup: TrainSetup, _ folder: TrainFolder) throws {
    let judge = try RunJudge(setup)
    let check = try ResumeCheck(
      model: setup.startFolder, setup.data.objectives, setup.data.options,
      others: try Self.others(setup))
    let saved = try folder.saved(check)
    let (output, plan) = (setup.options.output, setup.recipe.evaluation)
    let gradients = try output.gradients.map { try OutputFile($0) }
    let trainer = setup.trainer
    if let saved {
      try trainer.resume(after: saved.state.step, saved.numbers)
    } else if setup.recipe.file != folder.folder.file(RunFolder.recipe) {
      // A run that goes on by its own recipe before it had a state has that already.
      try Self.writeRecipe(setup, folder.folder)
    }
    if output.log == nil { folder.folder.note(RunFolder.log) }
    let log = try StepLog(
      output.log ?? folder.folder.file(RunFolder.log),
      continuing: folder.resumes ? saved?.state.step ?? 0 : nil)
    let steps = trainer.plan.steps
    (self.setup, self.folder, self.trainer, self.judge) = (setup, folder, trainer, judge)
    self.gradients = gradients
    state = saved?.state ?? RunState(fingerprint: check.fingerprint)
    evalSteps = judge.isEmpty ? 0 : plan.steps ?? max(1, (steps + 9) / 10)
    bar = TrainingBar(output.quiet ? .never : output.progress, steps: steps, log: log.log)
    self.log = log
    savedStep = saved?.state.step
  }

  /// What changes a bit beside the hyperparameters.
  private static func others(_ setup: TrainSetup) throws -> [(option: String, value: String?)] {
    let (recipe, plan) = (setup.recipe, setup.recipe.evaluation)
    // By content: the run may go on from another folder.
    let evaluations = try plan.sources.map { source in
      switch source {
      case .share(let share): return "\(decimal(share * 100))%"
      case .file(let file):
        let sum = try Checksums.sum(of: file.path) { Interrupt.requested }
        return "\(lastPart(file.path)) (SHA-256 \(sum.prefix(12))…)"
      }
    }
    return [
      ("--precision", recipe.precision.rawValue),
      ("--max-length", recipe.maxLength.map { "\($0)" }),
      ("--pooling", recipe.pooling), ("--type", recipe.kind?.rawValue),
      ("--teacher", recipe.teacher.map(lastPart)),
      ("--project", recipe.project?.rawValue),
      (
        "--keep-layers",
        recipe.keepLayers.map { layers in layers.map { "\($0)" }.joined(separator: ",") }
      ),
      ("--batch-tokens", recipe.batchTokens.map { "\($0)" }),
      ("--evaluate", evaluations.isEmpty ? nil : evaluations.joined(separator: " ")),
      ("--eval-steps", plan.steps.map { "\($0)" }), ("--metric", plan.metric),
      ("--keep", plan.keep.rawValue), ("--early-stop", plan.earlyStop.map { "\($0)" }),
    ]
  }

  private static func writeRecipe(_ setup: TrainSetup, _ folder: RunFolder) throws {
    for kept in setup.data.kept {
      try folder.write(kept.fileName) { file in
        try kept.write { bytes in try bytes.withUnsafeBytes { try file.append($0) } }
      }
    }
    let recipe = try setup.data.recipeValue(
      model: setup.startFolder, teacher: setup.recipe.teacher)
    try folder.write(RunFolder.recipe, recipe.file)
  }

  /// Trains to the end, and writes the model.
  mutating func callAsFunction() throws {
    // A step of a large model ends, and its state is written.
    Interrupt.allow(
      seconds: 300, saying: "embed: writing the state of the run; once more to stop at once\n")
    do {
      try train()
      try Interrupt.check()
      Interrupt.allow(seconds: 60)
      try write()
    } catch is CancellationError {
      bar.erase()
      try save()
      setup.messages.warn(folder.interrupted(at: trainer.done, of: trainer.plan.steps))
      throw CancellationError()
    } catch let error as FileError {
      bar.erase()
      // What went wrong is what to say, also where no state can be kept. An older one is not replaced:
      // these weights may be what is wrong.
      if savedStep == nil, trainer.done > 0 { try? save() }
      throw FileError("\(error)\(goOn)")
    }
  }

  private var goOn: String {
    guard let savedStep else { return "" }
    return "; the run is kept as it was at step \(savedStep): embed train --resume --output "
      + folder.output
  }

  private mutating func train() throws {
    if trainer.done == 0, !judge.isEmpty, log.log.evaluations.isEmpty { try evaluate() }
    // A process that was ended between a step and its evaluation left that to do.
    if isEvaluationDue, log.log.evaluations.last?.step != trainer.done { try evaluate() }
    while !isStopped {
      try Interrupt.check()
      let start = ContinuousClock.now
      guard let report = try trainer.next() else { break }
      let seconds = start.duration(to: .now) / .seconds(1)
      try take(report, seconds)
      if isEvaluationDue { try evaluate() }
      try saveIfDue()
    }
    // The last weights are judged too where the steps are no multiple.
    if !judge.isEmpty, log.log.evaluations.last?.step != trainer.done { try evaluate() }
  }

  private var isStopped: Bool {
    guard let patience = setup.recipe.evaluation.earlyStop else { return false }
    return state.evaluationsWithoutBetter >= patience
  }

  private var isEvaluationDue: Bool {
    evalSteps > 0 && trainer.done > 0 && trainer.done % evalSteps == 0
  }

  private mutating func take(_ report: Trainer.Report, _ seconds: Double) throws {
    if report.number == 1, let gradients { try write(report.gradients, to: gradients) }
    state.step = report.number
    state.epoch = Int(report.epoch)
    let part = report.epoch - Double(state.epoch)
    state.batches = Int((part * Double(trainer.plan.batchesPerEpoch)).rounded())
    state.samples += report.samples
    state.tokens += report.tokens
    state.seconds += seconds
    let step = TrainingLog.Step(
      step: report.number, epoch: report.epoch, loss: report.loss,
      parts: report.parts.map { .init($0.name, $0.value) }, learningRate: report.learningRate,
      gradNorm: report.norm, samples: report.samples, tokens: report.tokens, seconds: seconds)
    try log.append(step)
    bar.update(step)
  }

  private func write(_ found: [String: Gradient], to file: OutputFile) throws {
    let shapes = try trainer.numbers().merging(trainer.weights) { $1 }
    let prefix = try setup.model.inputPrefix
    let tensors = found.sorted { $0.key < $1.key }.compactMap { name, gradient in
      shapes[name].map { like in
        let own = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        return NewTensor(own, gradient.dense(like.shape))
      }
    }
    try file.write(tensors.safetensors())
    try file.finish()
  }

  private mutating func evaluate() throws {
    let start = ContinuousClock.now
    let found = try judge(trainer.tensors())
    evaluationSeconds += start.duration(to: .now) / .seconds(1)
    try log.append(TrainingLog.Evaluation(step: trainer.done, results: found))
    guard let metric = judge.metric, let score = judge.score(found) else { return }
    bar.update(metric.name.replacing("_", with: " "), score)
    guard trainer.done > 0 else { return }
    if score > state.best?.score ?? -.infinity {
      state.best = .init(step: trainer.done, score: score)
      state.evaluationsWithoutBetter = 0
      try keepBest()
    } else {
      state.evaluationsWithoutBetter += 1
    }
  }

  /// Keeps the weights that are best so far; not where the last ones are written anyway.
  private func keepBest() throws {
    guard setup.recipe.evaluation.keep == .best else { return }
    let tensors = try trainer.numbers().merging(trainer.weights) { $1 }
    try folder.folder.save(RunPoint(.best, step: trainer.done), best: trainer.done) { files in
      try files.writeSafetensors(
        RunWriting.weights, tensors.sorted { $0.key < $1.key }.map { NewTensor($0.key, $0.value) })
    }
  }

  private mutating func saveIfDue() throws {
    if let steps = setup.recipe.saveSteps {
      if trainer.done % steps == 0 || trainer.done == trainer.plan.steps { try checkpoint() }
    } else if pace.isDue() {
      try save()
    }
  }

  private mutating func checkpoint() throws {
    let start = ContinuousClock.now
    let writing = writing
    try folder.folder.save(
      RunPoint(.checkpoint, step: trainer.done), best: state.best?.step,
      limit: setup.recipe.saveTotalLimit
    ) { files in
      try writing.model(trainer.numbers(), trainer.weights, to: files)
      try SavedRun.write(trainer.state(), json, to: files)
    }
    savedStep = trainer.done
    pace.wrote(since: start)
  }

  /// Writes what only `--resume` reads.
  private mutating func save() throws {
    let start = ContinuousClock.now
    let point = RunPoint(.state, step: trainer.done)
    guard state.step == trainer.done else { return }
    try folder.folder.save(point, best: state.best?.step) { files in
      try SavedRun.write(trainer.state(), json, to: files)
    }
    savedStep = trainer.done
    pace.wrote(since: start)
  }

  private var json: JSONValue {
    let plan = TrainerPlan(
      steps: trainer.plan.steps, epochs: Int(setup.data.options.epochs.rounded(.up)),
      batchesPerEpoch: trainer.plan.batchesPerEpoch,
      batchSize: setup.data.objectives.first?.batchSize ?? 0, evalSteps: evalSteps,
      saveSteps: setup.recipe.saveSteps ?? 0)
    return state.json(plan, log: log.log)
  }

  private var writing: RunWriting {
    RunWriting(
      setup: setup, judge: judge, log: log.log, best: written, evaluationSeconds: evaluationSeconds)
  }

  /// The step whose weights are written as the best; `nil` for the last ones.
  private var written: Int? {
    setup.recipe.evaluation.keep == .best ? state.best?.step : nil
  }

  private mutating func write() throws {
    bar.erase()
    var (numbers, own) = (try trainer.numbers(), trainer.weights)
    if let best = written, best != trainer.done, let kept = try folder.folder.best(step: best) {
      (numbers, own) = try RunWriting.read(kept, like: numbers, own)
    }
    let writing = writing
    try writing.model(numbers, own, to: folder.folder)
    try folder.folder.write("loss.svg", writing.plot)
    try folder.folder.finish(
      best: state.best?.step, limit: setup.recipe.saveTotalLimit)
    writing.say(output: folder.output, done: trainer.done)
  }
}
