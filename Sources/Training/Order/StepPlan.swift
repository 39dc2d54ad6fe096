import Glibc

/// How many steps there are.
package struct StepPlan: Sendable, Equatable {
  /// S: those of the whole training.
  package let steps: Int
  package let batchesPerEpoch: Int
  package let stepsPerEpoch: Int
  /// g: the batches of one step; an epoch's last step has what is left.
  package let batchesPerStep: Int
  /// Epochs after which training ends though an estimate said more steps; `nil` for none, where the
  /// steps are what was asked for.
  package let epochs: Int?

  /// - Parameter batchesPerEpoch: `TrainingOrder.estimatedLength`
  package init(_ options: TrainingOptions, batchesPerEpoch: Int) {
    self.batchesPerEpoch = batchesPerEpoch
    batchesPerStep = max(1, options.gradientAccumulationSteps)
    stepsPerEpoch = max(1, PlainOrder.batches(batchesPerEpoch, batchesPerStep, dropLast: false))
    if let steps = options.maxSteps, steps > 0 {
      self.steps = steps
      epochs = nil
    } else {
      steps = max(1, Self.ceiling(options.epochs * Double(stepsPerEpoch)))
      epochs = max(1, Self.ceiling(options.epochs))
    }
  }

  /// The least integer that is not smaller; of what no training lives to see, a large one.
  static func ceiling(_ number: Double) -> Int {
    number < 1e15 ? Int(ceil(max(0, number))) : 1_000_000_000_000_000
  }
}

/// The batches of each step.
package struct StepOrder: Sendable {
  /// What is done with the weights once.
  package struct Step: Sendable, Equatable {
    /// From 1.
    package let number: Int
    /// Epochs that are over after it, in parts too.
    package let epoch: Double
    /// In the order in which their gradients are added.
    package let batches: [RowBatch]
  }

  private let order: TrainingOrder
  private let plan: StepPlan
  private var epoch = 0
  private var current: EpochOrder
  /// Batches of this epoch that were had.
  private var taken = 0
  private var done = 0

  package init(_ order: TrainingOrder, _ plan: StepPlan) {
    (self.order, self.plan) = (order, plan)
    current = order.epoch(0)
  }

  package mutating func next() -> Step? {
    guard done < plan.steps, let first = nextBatch() else { return nil }
    var batches = [first]
    while batches.count < plan.batchesPerStep, let batch = nextOfEpoch() { batches.append(batch) }
    done += 1
    let part = Double(taken) / Double(plan.batchesPerEpoch)
    return Step(number: done, epoch: Double(epoch) + part, batches: batches)
  }

  /// Goes on after a step, as if all up to that one had been asked for.
  /// - Parameter each: what else is done for each of them
  package mutating func skip(to step: Int, _ each: (Step) -> Void = { _ in }) {
    while done < step, let step = next() { each(step) }
  }

  /// The next one, if need be of the next epoch.
  private mutating func nextBatch() -> RowBatch? {
    if let batch = nextOfEpoch() { return batch }
    // An epoch that gave nothing would give nothing for ever.
    guard taken > 0, epoch + 1 < plan.epochs ?? Int.max else { return nil }
    epoch += 1
    taken = 0
    current = order.epoch(epoch)
    return nextOfEpoch()
  }

  private mutating func nextOfEpoch() -> RowBatch? {
    guard taken < plan.batchesPerEpoch, let batch = current.next() else { return nil }
    taken += 1
    return batch
  }
}
