package import ModelFiles

/// Where a run is, beside the numbers in its `TrainingState`: kept in `trainer_state.json` in the form
/// of sentence-transformers, with what that has no field for under `embed`.
package struct RunState: Sendable, Equatable {
  /// Steps that were done.
  package var step = 0
  /// Epochs that were gone through whole.
  package var epoch = 0
  /// Batches that were taken of the next one's order, which is drawn again from the seed.
  package var batches = 0
  /// Rows and tokens that were learned from so far.
  package var (samples, tokens) = (0, 0)
  /// The time that it took so far, without interruptions.
  package var seconds = 0.0
  package var best: Best?
  /// Evaluations since the best.
  package var evaluationsWithoutBetter = 0
  package var fingerprint: RunFingerprint

  /// The evaluation that came out best.
  package struct Best: Sendable, Equatable {
    package var step: Int
    package var score: Double

    package init(step: Int, score: Double) { (self.step, self.score) = (step, score) }
  }

  package init(fingerprint: RunFingerprint) { self.fingerprint = fingerprint }

  // More than any run has, and no sum of a few of them overflows.
  private static let most = 1 << 48

  /// Reads the state of a point of a run.
  package init(file path: String) throws {
    let json = try JSON(file: path)
    func count(_ json: JSON, _ key: String) throws -> Int {
      let value = try json.int(key)
      guard 0...Self.most ~= value else {
        throw FileError("\(json.place): `\(key)` is \(value), should be 0 to \(Self.most)")
      }
      return value
    }
    guard let own = try json.present("embed") else {
      throw FileError(
        "\(path): has no `embed`, so another program wrote it; start a run of its own")
    }
    let version = try own.int("version")
    guard version == Self.version else {
      throw FileError("\(path): `version` is \(version), should be \(Self.version); start again")
    }
    fingerprint = try RunFingerprint(own.object("fingerprint"))
    step = try count(json, "global_step")
    epoch = try count(own, "epochs_done")
    batches = try count(own, "batches_done")
    samples = try count(own, "samples")
    tokens = try count(own, "tokens")
    seconds = try own.double("seconds")
    evaluationsWithoutBetter = try count(own, "evaluations_without_better")
    if let score = try json.present("best_metric") {
      best = try Best(step: count(json, "best_global_step"), score: score.double())
    }
  }

  private static let version = 1

  /// - Parameters:
  ///   - plan: what of the run's options sentence-transformers has in the file
  ///   - log: of the run so far
  ///   - bestCheckpoint: the path of the checkpoint of the best step, where there is one
  package func json(
    _ plan: TrainerPlan, log: TrainingLog, bestCheckpoint: String? = nil
  ) -> JSONValue {
    let own: JSONValue = [
      "version": .int(Self.version), "epochs_done": .int(epoch), "batches_done": .int(batches),
      "samples": .int(samples), "tokens": .int(tokens), "seconds": .double(seconds),
      "evaluations_without_better": .int(evaluationsWithoutBetter), "fingerprint": fingerprint.json,
    ]
    return [
      "best_global_step": .optional(best) { .int($0.step) },
      "best_metric": .optional(best) { .double($0.score) },
      "best_model_checkpoint": .optional(bestCheckpoint) { .string($0) },
      "epoch": .double(plan.epoch(self)), "eval_steps": .int(plan.evalSteps),
      "global_step": .int(step), "is_hyper_param_search": false, "is_local_process_zero": true,
      "is_world_process_zero": true, "log_history": .array(log.history),
      "logging_steps": 1, "max_steps": .int(plan.steps), "num_input_tokens_seen": .int(tokens),
      "num_train_epochs": .int(plan.epochs), "save_steps": .int(plan.saveSteps),
      "stateful_callbacks": [:], "total_flos": 0, "train_batch_size": .int(plan.batchSize),
      "trial_name": .null, "trial_params": .null, "embed": own,
    ]
  }
}

/// The options of a run that `trainer_state.json` names.
package struct TrainerPlan: Sendable {
  package let steps: Int
  /// Rounded up.
  package let epochs: Int
  package let batchesPerEpoch: Int
  package let batchSize: Int
  /// 0 for never, as the next.
  package let evalSteps: Int
  package let saveSteps: Int

  package init(
    steps: Int, epochs: Int, batchesPerEpoch: Int, batchSize: Int, evalSteps: Int, saveSteps: Int
  ) {
    (self.steps, self.epochs, self.batchesPerEpoch) = (steps, epochs, batchesPerEpoch)
    (self.batchSize, self.evalSteps, self.saveSteps) = (batchSize, evalSteps, saveSteps)
  }

  /// How often a run has gone through all rows.
  fileprivate func epoch(_ state: RunState) -> Double {
    Double(state.epoch) + Double(state.batches) / Double(max(1, batchesPerEpoch))
  }
}

extension TrainingLog {
  // 3 MB in each state; all steps are in the log.
  private static let mostSteps = 20_000

  /// The lines that `trainer_state.json` has: all evaluations, and of very many steps some.
  fileprivate var history: [JSONValue] {
    let each = (steps.count + Self.mostSteps - 1) / Self.mostSteps
    var lines: [JSONValue] = []
    var rest = evaluations[...]
    func appendEvaluations(upTo step: Int, epoch: Double) {
      while let next = rest.first, next.step < step {
        lines.append(Self.line(rest.removeFirst(), epoch: epoch))
      }
    }
    var epoch = 0.0
    for (index, step) in steps.enumerated() {
      // Evaluations are made after their step, and before the first.
      appendEvaluations(upTo: step.step, epoch: epoch)
      epoch = step.epoch
      if index % each == 0 { lines.append(Self.line(step)) }
    }
    appendEvaluations(upTo: .max, epoch: epoch)
    return lines
  }

  private static func line(_ step: Step) -> JSONValue {
    [
      "epoch": .double(step.epoch), "grad_norm": .double(step.gradNorm),
      "learning_rate": .double(step.learningRate), "loss": .double(step.loss),
      "step": .int(step.step),
    ]
  }

  private static func line(_ evaluation: Evaluation, epoch: Double) -> JSONValue {
    let metrics = evaluation.results.flatMap { set in
      set.metrics.map { ("eval_\(set.name)_\($0.name)", JSONValue.double($0.value)) }
    }
    return .object([("epoch", .double(epoch))] + metrics + [("step", .int(evaluation.step))])
  }
}
