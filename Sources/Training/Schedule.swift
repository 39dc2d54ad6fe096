import Glibc

/// By what the learning rate is multiplied at each step.
package struct Schedule: Sendable, Equatable {
  /// transformers' names.
  package enum Kind: String, Sendable, CaseIterable {
    case linear, cosine, constant
    case constantWithWarmup = "constant_with_warmup"
  }

  package let kind: Kind
  /// S, the steps of the whole training.
  package let steps: Int
  /// Steps over which the rate rises from 0.
  package let warmupSteps: Int

  /// - Parameters:
  ///   - warmupSteps: how many, if not 0
  ///   - warmupRatio: their share of all steps, where `warmupSteps` is 0
  package init(_ kind: Kind, steps: Int, warmupSteps: Int = 0, warmupRatio: Double = 0) {
    (self.kind, self.steps) = (kind, steps)
    self.warmupSteps = warmupSteps > 0 ? warmupSteps : StepPlan.ceiling(Double(steps) * warmupRatio)
  }

  /// The factor of a step, the first being 1: with a warm-up its rate is 0, as the schedules count
  /// the steps that were done.
  package func factor(step: Int) -> Double {
    let done = step - 1
    if kind == .constant { return 1 }
    if done < warmupSteps { return Double(done) / Double(max(1, warmupSteps)) }
    let falling = Double(max(1, steps - warmupSteps))
    return switch kind {
    case .constant, .constantWithWarmup: 1
    case .linear: max(0, Double(steps - done) / falling)
    case .cosine: max(0, 0.5 * (1 + cos(.pi * (Double(done - warmupSteps) / falling))))
    }
  }
}
