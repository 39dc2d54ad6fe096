import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct AdamWTests {
  // Numbers of up to 4 in some twelve steps: torch rounds each operation, ours may fuse two.
  private static let tolerance: Float = 4e-6

  private static func step(
    _ optimizer: AdamW, _ step: RecordedSteps.Step, isSparse: Bool, scale: Float = 1
  ) throws {
    if isSparse { try optimizer.prepare(RecordedSteps.table, rows: step.rows ?? []) }
    try optimizer.step(step.gradients, factor: step.factor, scale: scale)
  }

  @Test(arguments: [false, true], [1, 3])
  func stepsAreThoseOfTorch(isSparse: Bool, threads: Int) throws {
    let recorded = try RecordedSteps()
    let optimizer = AdamW(try recorded.parameters(), recorded.options, threads: threads)
    for step in recorded.steps {
      try Self.step(optimizer, step, isSparse: isSparse)
      for (name, expected) in step.after {
        let current = try #require(try optimizer.current(name))
        expectClose(current.elements, expected, tolerance: Self.tolerance)
      }
    }
  }

  @Test func rowsAreOfNoAgeWhereDerivativesBecomeDense() throws {
    let recorded = try RecordedSteps()
    let optimizer = AdamW(try recorded.parameters(), recorded.options, threads: 1)
    for (index, step) in recorded.steps.enumerated() {
      var gradients = step.gradients
      if index >= 7 {
        gradients[RecordedSteps.table] = (gradients[RecordedSteps.table]?.dense([6, 3])).map {
          .dense($0)
        }
      }
      try optimizer.prepare(RecordedSteps.table, rows: step.rows ?? [])
      try optimizer.step(gradients, factor: step.factor, scale: 1)
      let current = try #require(try optimizer.current(RecordedSteps.table))
      expectClose(
        current.elements, try #require(step.after[RecordedSteps.table]), tolerance: Self.tolerance)
    }
  }

  @Test func clippingIsOfTheModelAlone() throws {
    let start = Tensor([2], [1, 1])
    var options = TrainingOptions()
    (options.adamEpsilon, options.weightDecay, options.learningRate) = (1, 0, 1)
    let parameters = try Parameters(model: [("a", start)], own: [("loss/a", start)], options)
    let optimizer = AdamW(parameters, options, threads: 1)
    let gradient = Gradient.dense(Tensor([2], [4, 4]))
    try optimizer.step(["a": gradient], own: ["loss/a": gradient], factor: 1, scale: 0.25)
    // The first step is g/(|g| + ε): 1/2 and 4/5.
    expectClose(parameters.leaves()["a"]?.elements ?? [], [0.5, 0.5], tolerance: 1e-6)
    expectClose(parameters.weights()["loss/a"]?.elements ?? [], [0.2, 0.2], tolerance: 1e-6)
  }

  @Test(arguments: [1, 2])
  func theNormIsOfAllTogether(threads: Int) throws {
    let table = TableGradient(Tensor([2, 2], [1, 2, 3, 1]), ids: [5, 5], tableRows: 9)
    let found = try norm(
      of: ["a": .dense(Tensor([2], [3, 0])), "b": .rows(table), "c": .dense(Tensor([1], [-6]))],
      threads: threads)
    #expect(abs(found - (9.0 + 16 + 9 + 36).squareRoot()) < 1e-6)
    #expect(try norm(of: [:], threads: threads) == 0)
  }

  @Test func whatIsLongerThanTheMaximumIsClipped() {
    #expect(clipping(norm: 4, maximum: 1) == Float(1 / 4.000001))
    #expect(clipping(norm: 0.5, maximum: 1) == 1)
    #expect(clipping(norm: 400, maximum: 0) == 1)
  }

  @Test(arguments: [false, true], [0, 1, 5, 8])
  func whatIsTakenUpAgainGivesTheSameBits(isSparse: Bool, at: Int) throws {
    let recorded = try RecordedSteps()
    let unbroken = AdamW(try recorded.parameters(), recorded.options, threads: 1)
    let first = AdamW(try recorded.parameters(), recorded.options, threads: 1)
    for step in recorded.steps { try Self.step(unbroken, step, isSparse: isSparse) }
    for step in recorded.steps.prefix(at) { try Self.step(first, step, isSparse: isSparse) }
    let second = AdamW(try recorded.parameters(), recorded.options, threads: 2)
    try second.restore(first.state())
    for step in recorded.steps.dropFirst(at) { try Self.step(second, step, isSparse: isSparse) }
    for name in recorded.shapes.keys {
      #expect(try second.current(name)?.elements == unbroken.current(name)?.elements)
    }
  }

  @Test func aStateThatDoesNotFitIsRefused() throws {
    let recorded = try RecordedSteps()
    let optimizer = AdamW(try recorded.parameters(), recorded.options, threads: 1)
    for step in recorded.steps { try Self.step(optimizer, step, isSparse: true) }
    let whole = try optimizer.state()
    var damaged: [TrainingState] = []
    for index in whole.floats.indices {
      var (less, other) = (whole, whole)
      less.floats.remove(at: index)
      other.floats[index].values = Tensor.zeros([1, 7])
      damaged += [less, other]
    }
    for index in whole.integers.indices {
      var less = whole
      less.integers.remove(at: index)
      damaged.append(less)
      // No row and no step is either of these; as bits of a logarithm they are no numbers.
      for wrong in [Int64.max, -1] {
        var other = whole
        for place in other.integers[index].values.indices {
          other.integers[index].values[place] = wrong
        }
        damaged.append(other)
      }
      var longer = whole
      longer.integers[index].values.append(0)
      damaged.append(longer)
    }
    var more = whole
    more.integers.append(("rows/of.nothing", []))
    damaged.append(more)
    for state in damaged {
      let other = AdamW(try recorded.parameters(), recorded.options, threads: 1)
      #expect(throws: FileError.self) { try other.restore(state) }
    }
  }
}
