import TestSupport
import Testing

@testable import Tensors

@Suite struct AttentionGradientTests {
  struct Case: Sendable {
    var lengths: [Int]
    var heads = 2
    var keyHeads = 2
    var size = 5
    var mask = AttentionMask.all
    var period = 1

    var layout: SequenceLayout { SequenceLayout(lengths: lengths, period: period) }
    var shape: AttentionShape {
      AttentionShape(heads: heads, keyValueHeads: keyHeads, size: size, scale: 0.7, mask: mask)
    }

    func projected(_ samples: inout Samples) -> Tensor {
      samples.tensor(layout.rows, shape.projectedWidth)
    }
  }

  private static let cases = [
    Case(lengths: [1]), Case(lengths: [7, 0, 33, 1]), Case(lengths: [3, 17], period: 12),
    Case(lengths: [7, 33], heads: 6), Case(lengths: [33, 1, 4], mask: .window(3)),
    Case(lengths: [33, 7], mask: .causal), Case(lengths: [21, 2], heads: 4, mask: .causal),
    Case(lengths: [40], mask: .window(6).withoutFuture),
    // Several blocks of queries.
    Case(lengths: [300], heads: 1, keyHeads: 1, size: 32),
    Case(lengths: [400, 2], heads: 1, keyHeads: 1, size: 32, mask: .window(30)),
  ]

  @Test(arguments: cases) func itIsThatOfFiniteDifferences(_ test: Case) {
    var samples = Samples()
    let (layout, shape) = (test.layout, test.shape)
    let projected = test.projected(&samples)
    expectGradient(of: { $0[0].attention(layout, shape) }, at: [projected])
    expectGradient(
      of: { $0[0].attention(layout, shape, queries: layout.first) }, at: [projected])
    expectGradient(
      of: { $0[0].attention(layout, shape, queries: layout.dropping(first: 2)) }, at: [projected])
  }

  @Test(arguments: cases) func soItIsWithABiasOfDistances(_ test: Case) {
    var samples = Samples()
    let (layout, shape) = (test.layout, test.shape)
    let tokens = layout.longest
    let count = RelativePositionBias.distances(tokens: tokens).count
    let operands = [test.projected(&samples), samples.tensor(shape.heads, count)]
    for queries in [layout, layout.first] {
      expectGradient(
        of: { operands in
          operands[0].attention(
            layout, shape,
            bias: RelativePositionBias(rows: operands[1].transposed(), tokens: tokens),
            queries: queries)
        }, at: operands)
    }
  }

  private static let scored = cases.filter { $0.heads == $0.keyHeads && $0.lengths != [1] }

  @Test(arguments: scored) func soItIsWithScoresOfPositions(_ test: Case) {
    var samples = Samples()
    let (layout, shape) = (test.layout, test.shape)
    let distances = DistanceVectors.distances(tokens: layout.longest).count
    let segments = layout.perRow { Int32($1 > 2 ? 1 : 0) }
    let operands = [
      test.projected(&samples), samples.tensor(distances, shape.width),
      samples.tensor(distances, shape.width), samples.tensor(shape.width),
      samples.tensor(shape.heads, shape.size), samples.tensor(shape.width),
    ]
    for queries in [layout, layout.first] {
      expectGradient(
        of: { operands in
          let bias = RelativePositionScores(
            shape, queries: DistanceVectors(rows: operands[1], tokens: layout.longest),
            shift: operands[3],
            keys: DistanceVectors(rows: operands[2], tokens: layout.longest),
            segments: SegmentScores(operands[4], shift: operands[5], segments: segments))
          return operands[0].attention(layout, shape, bias: bias, queries: queries)
        }, at: operands)
    }
  }

  @Test func withoutAShiftAndSegmentsToo() {
    var samples = Samples()
    let test = Case(lengths: [20, 6])
    let (layout, shape) = (test.layout, test.shape)
    let distances = DistanceVectors.distances(tokens: layout.longest).count
    expectGradient(
      of: { operands in
        let vectors = DistanceVectors(rows: operands[1], tokens: layout.longest)
        return operands[0].attention(
          layout, shape, bias: RelativePositionScores(shape, queries: vectors, keys: vectors))
      }, at: [test.projected(&samples), samples.tensor(distances, shape.width)])
  }

  @Test(arguments: [4, 6]) func turningByPositionsIsTurnedBack(columns: Int) {
    var samples = Samples()
    let test = Case(lengths: [5, 0, 17], heads: 4, size: 6, period: 12)
    let positions = RotaryPositions(
      frequencies: RotaryPositions.frequencies(size: columns, base: 100), scale: 1.25)
    expectGradient(
      of: { $0[0].rotated(positions, test.layout, test.shape) }, at: [test.projected(&samples)])
  }

  @Test(arguments: cases) func dropoutHasTheSameMaskOnTheWayBack(_ test: Case) {
    var samples = Samples()
    let (layout, shape) = (test.layout, test.shape)
    let dropout = dropout(texts: Array(0..<layout.count))
    for queries in [layout, layout.last] {
      expectGradient(
        of: { $0[0].attention(layout, shape, queries: queries, dropout: dropout) },
        at: [test.projected(&samples)])
    }
  }

  private func dropout(step: Int = 3, texts: [Int]) -> Dropout {
    Dropout(rate: 0.3, seed: 11, step: step, layer: 2, site: 1, texts: texts)
  }

  @Test(arguments: [AttentionMask.all, .window(4)])
  func whatIsDroppedDependsOnTheTextAlone(mask: AttentionMask) {
    var samples = Samples()
    // The first text's 300 queries are several blocks; of the last alone there is one.
    let shape = AttentionShape(heads: 2, size: 32, mask: mask)
    let layout = SequenceLayout(unpadded: [9, 300])
    let x = samples.tensor(309, shape.projectedWidth)
    let together = x.attention(layout, shape, dropout: dropout(texts: [4, 5]))
    let alone = x.rows(9..<309).attention(
      SequenceLayout(unpadded: [300]), shape, dropout: dropout(texts: [5]))
    #expect(together.rows(9..<309).elements == alone.elements)
    let last = x.attention(
      layout, shape, queries: layout.last, dropout: dropout(texts: [4, 5]))
    // A product of fewer rows sums in another order.
    expectClose(last.rows(1..<2).elements, alone.rows(299..<300).elements, tolerance: 1e-6)
  }

  @Test func theMeanOfManyDrawsIsWhatIsThereWithout() {
    var samples = Samples()
    let test = Case(lengths: [6, 12], mask: .window(5))
    let x = test.projected(&samples)
    let exact = x.attention(test.layout, test.shape).elements
    var sum = [Float](repeating: 0, count: exact.count)
    let draws = 4000
    for step in 0..<draws {
      let drawn = x.attention(
        test.layout, test.shape, dropout: dropout(step: step, texts: [0, 1])
      ).elements
      for index in sum.indices { sum[index] += drawn[index] / Float(draws) }
    }
    // One draw deviates by √(0.3 / 0.7) · √Σ(weight · value)² < 0.66; five deviations of the mean.
    expectClose(sum, exact, tolerance: 5 * 0.66 / Float(draws).squareRoot())
  }

  @Test func threadsChangeNoBit() {
    var samples = Samples()
    let test = Case(lengths: [30, 3, 11], heads: 6)
    let (layout, shape) = (test.layout, test.shape)
    let count = RelativePositionBias.distances(tokens: 30).count
    let (x, table) = (test.projected(&samples).tracked(), samples.tensor(count, 6).tracked())
    let seed = samples.tensor(layout.rows, shape.width)
    func slopes(_ threads: Int) -> [[Float]?] {
      Parallel.sharing(threads) {
        let y = x.attention(layout, shape, bias: RelativePositionBias(rows: table, tokens: 30))
        let gradients = Gradients(of: y, seed: seed)
        return [x, table].map { leaf in gradients[leaf]?.dense(leaf.shape).elements }
      }
    }
    #expect(slopes(1).allSatisfy { $0 != nil })
    #expect(slopes(1) == slopes(2))
  }

  @Test func rowsThatAreNobodysBringNothing() {
    var samples = Samples()
    let layout = SequenceLayout(lengths: [5, 3], period: 12)
    let shape = AttentionShape(heads: 4, size: 8)
    let x = samples.tensor(layout.rows, shape.projectedWidth).tracked()
    let y = x.attention(layout, shape)
    let slope = Gradients(of: y, seed: samples.tensor(layout.rows, shape.width))[x]
    for gap in layout.padding {
      let rows = slope?.dense(x.shape).rows(gap).elements
      #expect(rows?.allSatisfy { $0 == 0 } == true)
    }
  }
}
