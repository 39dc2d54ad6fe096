import Testing

@testable import Training

@Suite struct StepPlanTests {
  @Test(arguments: [
    // epochs, max_steps, accumulation, batches → steps, steps of an epoch
    (1.0, nil, 1, 13, 13, 13), (0.5, nil, 1, 13, 7, 13), (1.0, nil, 2, 27, 14, 14),
    (1.5, nil, 4, 27, 11, 7), (1.0, 15, 1, 12, 15, 12), (3.0, 1, 8, 3, 1, 1),
    (0.01, nil, 1, 5, 1, 5),
  ])
  func stepsAreCountedAsTheReferenceDoes(
    epochs: Double, maxSteps: Int?, accumulation: Int, batches: Int, steps: Int, ofEpoch: Int
  ) {
    var options = TrainingOptions()
    (options.epochs, options.maxSteps) = (epochs, maxSteps)
    options.gradientAccumulationSteps = accumulation
    let plan = StepPlan(options, batchesPerEpoch: batches)
    #expect(plan.steps == steps && plan.stepsPerEpoch == ofEpoch)
  }

  @Test func moreEpochsThanAnyoneLivesToSeeAreSomeSteps() {
    var options = TrainingOptions()
    options.epochs = .greatestFiniteMagnitude
    #expect(StepPlan(options, batchesPerEpoch: 1000).steps > 1_000_000)
  }

  private static func order(
    _ options: TrainingOptions, rows: Int, sampler: BatchSampler = .batchSampler
  ) throws -> StepOrder {
    let texts = (0..<rows).map { Array("\(sampler == .noDuplicates ? $0 % 3 : $0)".utf8) }
    let set = TrainingSet(
      name: "rows", columns: [.init(name: "text", texts: texts)], labels: .none, place: { "\($0)" })
    let order = try TrainingOrder(
      [TrainingOrder.Part(set: set, batchSize: 4, sampler: sampler)], options)
    return StepOrder(order, StepPlan(options, batchesPerEpoch: order.estimatedLength))
  }

  private static func all(_ order: StepOrder) -> [StepOrder.Step] {
    var order = order
    var steps: [StepOrder.Step] = []
    while let step = order.next() { steps.append(step) }
    return steps
  }

  @Test func theLastStepOfAnEpochHasWhatIsLeft() throws {
    var options = TrainingOptions()
    (options.epochs, options.gradientAccumulationSteps) = (2, 2)
    let steps = Self.all(try Self.order(options, rows: 18))
    #expect(steps.map(\.batches.count) == [2, 2, 1, 2, 2, 1])
    #expect(steps.map(\.number) == Array(1...6))
    #expect(steps.map(\.epoch) == [0.4, 0.8, 1, 1.4, 1.8, 2])
    #expect(steps[0].batches != steps[3].batches)
  }

  @Test func batchesBeyondTheEstimateAreNotUsed() throws {
    var options = TrainingOptions()
    options.epochs = 2
    // Three texts make batches of three: 4 of them, where 3 are estimated.
    let steps = Self.all(try Self.order(options, rows: 12, sampler: .noDuplicates))
    #expect(steps.map(\.batches.count) == [1, 1, 1, 1, 1, 1])
    #expect(steps.map { Int($0.epoch * 3 + 0.5) } == Array(1...6))
  }

  @Test func stepsThatAreAskedForGoOnOverEpochs() throws {
    var options = TrainingOptions()
    options.maxSteps = 11
    #expect(Self.all(try Self.order(options, rows: 18)).count == 11)
  }

  @Test func whereEpochsGiveNothingTrainingEnds() throws {
    var options = TrainingOptions()
    (options.maxSteps, options.dropLast) = (11, true)
    // Three texts never make a batch of four.
    #expect(Self.all(try Self.order(options, rows: 12, sampler: .noDuplicates)).isEmpty)
  }

  @Test(arguments: [0, 1, 3, 4, 6])
  func whatFollowsAStepDoesNotDependOnWhoAskedForIt(step: Int) throws {
    var options = TrainingOptions()
    (options.epochs, options.gradientAccumulationSteps) = (2, 2)
    var order = try Self.order(options, rows: 18)
    let all = Self.all(order)
    order.skip(to: step)
    #expect(Self.all(order) == Array(all.dropFirst(step)))
  }
}
