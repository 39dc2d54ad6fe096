import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct SparseTableTests {
  private static let rows = 40
  private static let columns = 5
  private static let name = "embeddings.word_embeddings.weight"

  private static func optimizer(weightDecay: Double = 0.1, beta1: Double = 0.9) throws -> AdamW {
    var options = TrainingOptions()
    (options.learningRate, options.weightDecay, options.adamBeta1) = (0.01, weightDecay, beta1)
    var generator = TorchGenerator(seed: 3)
    let start = Tensor(
      [rows, columns], (0..<rows * columns).map { _ in Float(generator.next() % 1000) / 500 - 1 })
    return AdamW(try Parameters(model: [(name, start)], options), options, threads: 2)
  }

  /// The rows of a step, and their derivatives: the lower a row the more often it occurs, and the
  /// last ones never.
  private static func gradient(_ step: Int) -> TableGradient {
    var generator = TorchGenerator(seed: step)
    let ids = (0..<6).map { _ in
      let drawn = Int(generator.next()) % (rows - 4)
      return Int32(drawn * drawn * drawn / ((rows - 4) * (rows - 4)))
    }
    // One row occurs at the start and then no more.
    let all = step < 3 ? ids + [35] : ids
    let dy = Tensor(
      [all.count, columns],
      (0..<all.count * columns).map { _ in Float(generator.next() % 2000) / 1000 - 1 })
    return TableGradient(dy, ids: all, tableRows: rows)
  }

  private static func run(
    _ optimizer: AdamW, _ steps: Range<Int>, isSparse: Bool, reads: Bool = false
  ) throws {
    for step in steps {
      let gradient = gradient(step)
      if isSparse { try optimizer.prepare(name, rows: gradient.ids) }
      try optimizer.step([name: .rows(gradient)], factor: 1, scale: 0.5)
      if reads { _ = try optimizer.current(name) }
    }
  }

  @Test(arguments: [0, 0.1], [0.0, 0.9])
  func aTableIsAsIfAllRowsWereStepped(weightDecay: Double, beta1: Double) throws {
    let dense = try Self.optimizer(weightDecay: weightDecay, beta1: beta1)
    let sparse = try Self.optimizer(weightDecay: weightDecay, beta1: beta1)
    for start in stride(from: 0, to: 1200, by: 200) {
      try Self.run(dense, start..<start + 200, isSparse: false)
      try Self.run(sparse, start..<start + 200, isSparse: true)
      let (found, expected) = (try sparse.current(Self.name), try dense.current(Self.name))
      // Of a thousand factors the rounding of each is up to 2⁻²⁵ of numbers of up to 2.
      expectClose(found?.elements ?? [], expected?.elements ?? [], tolerance: 3e-5)
    }
  }

  @Test func rowsThatOccurredLatelyAreSoToTheBit() throws {
    let (dense, sparse) = (try Self.optimizer(), try Self.optimizer())
    try Self.run(dense, 0..<120, isSparse: false)
    try Self.run(sparse, 0..<120, isSparse: true)
    var last: [Int32: Int] = [:]
    for step in 0..<120 { for id in Self.gradient(step).ids { last[id] = last[id] ?? step } }
    let early = last.filter { $0.value == 0 }.map { Int($0.key) }
    #expect(early.count > 3)
    let (found, expected) = (try sparse.current(Self.name), try dense.current(Self.name))
    #expect(found?.rows(early).elements == expected?.rows(early).elements)
  }

  @Test func readingChangesNothing() throws {
    let (read, unread) = (try Self.optimizer(), try Self.optimizer())
    try Self.run(read, 0..<700, isSparse: true, reads: true)
    try Self.run(unread, 0..<700, isSparse: true)
    #expect(try read.current(Self.name)?.elements == unread.current(Self.name)?.elements)
  }

  @Test(arguments: [1, 250, 256, 600])
  func whatIsTakenUpAgainGivesTheSameBits(at: Int) throws {
    let (unbroken, first, second) = (
      try Self.optimizer(), try Self.optimizer(), try Self.optimizer()
    )
    try Self.run(unbroken, 0..<700, isSparse: true)
    try Self.run(first, 0..<at, isSparse: true)
    try second.restore(first.state())
    try Self.run(second, at..<700, isSparse: true)
    #expect(try second.current(Self.name)?.elements == unbroken.current(Self.name)?.elements)
  }

  @Test func preparedRowsAreRightBeforeTheStep() throws {
    let (dense, sparse) = (try Self.optimizer(), try Self.optimizer())
    try Self.run(dense, 0..<50, isSparse: false)
    try Self.run(sparse, 0..<50, isSparse: true)
    // Rows of all kinds, one there twice, and none of the table.
    try sparse.prepare(Self.name, rows: [0, 35, 39, 39, -1, 40])
    let found = try #require(sparse.parameters.leaves()[Self.name]).rows([0, 35, 39])
    let expected = try #require(dense.parameters.leaves()[Self.name]).rows([0, 35, 39])
    // Fifty factors, each rounded to 2⁻²⁵.
    expectClose(found.elements, expected.elements, tolerance: 3e-6)
  }

  @Test func aTableCanBecomeDense() throws {
    let (dense, sparse) = (try Self.optimizer(), try Self.optimizer())
    try Self.run(dense, 0..<60, isSparse: false)
    try Self.run(sparse, 0..<50, isSparse: true)
    try sparse.makeDense(Self.name)
    try Self.run(sparse, 50..<60, isSparse: true)
    let (found, expected) = (try sparse.current(Self.name), try dense.current(Self.name))
    // Fifty factors, each rounded to 2⁻²⁵.
    expectClose(found?.elements ?? [], expected?.elements ?? [], tolerance: 3e-6)
  }

  @Test func aRateThatLeavesNothingIsTakenAsItIs() throws {
    let (dense, sparse) = (
      try Self.optimizer(weightDecay: 100), try Self.optimizer(weightDecay: 100)
    )
    try Self.run(dense, 0..<5, isSparse: false)
    try Self.run(sparse, 0..<5, isSparse: true)
    #expect(try sparse.current(Self.name)?.elements == dense.current(Self.name)?.elements)
  }
}
