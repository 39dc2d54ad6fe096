/// What losses draw for their batches, as torch's own generator would give it to them in a run of
/// sentence-transformers' Trainer: it begins with the run's seed, the loader takes a number of each
/// epoch, and else losses alone use it, where nothing is left out (dropout).
struct RunDraws: Sendable {
  private var generator: TorchGenerator
  /// Epochs that have begun.
  private var epochs = 0

  init(seed: Int) { generator = TorchGenerator(seed: seed) }

  /// The numbers of each batch of the next step, from 0 to 1.
  mutating func numbers(for step: StepOrder.Step, _ objectives: [Objective]) -> [[Double]] {
    begin(step)
    return step.batches.map { batch in
      (0..<objectives[batch.set].draws(batch.rows)).map { _ in generator.uniform() }
    }
  }

  /// Goes on after a step whose numbers nobody needs.
  mutating func skip(_ step: StepOrder.Step, _ objectives: [Objective]) {
    _ = numbers(for: step, objectives)
  }

  private mutating func begin(_ step: StepOrder.Step) {
    let epoch = Int(step.epoch.rounded(.up))
    while epochs < epoch {
      _ = generator.uniform()
      epochs += 1
    }
  }
}

extension Objective {
  /// How many numbers its loss draws for a batch of these rows.
  fileprivate func draws(_ rows: [Int]) -> Int {
    (loss as? any PairLoss)?.draws(rows.map { set.documents(of: $0).count }) ?? 0
  }
}
