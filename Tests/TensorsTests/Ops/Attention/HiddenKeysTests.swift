import TestSupport
import Testing

@testable import Tensors

/// Rows that ask and that none looks at, against a twin in which nothing is hidden, but what a key is
/// scored with takes its weight.
@Suite struct HiddenKeysTests {
  private static let (heads, size) = (4, 24)
  private static let lengths = [1, 7, 40, 0, 90, 16]
  /// Of the last sequence nothing is looked at.
  private static let hidden = [0, 3, 33, 0, 20, 16]
  private static let layout = SequenceLayout(lengths: lengths)

  /// Scores as another bias has them, but −10³⁰ for keys that are hidden.
  private struct HidingBias: ScoreBias {
    let base: (any ScoreBias)?

    func fill(_ block: ScoreBlock) {
      if let base {
        base.fill(block)
      } else {
        block.scores.update(repeating: 0, count: block.queries.count * block.keys.count)
      }
      guard
        let sequence = (0..<layout.count).first(where: { layout[$0] == block.sequence })
      else { return }
      for row in 0..<block.queries.count {
        for (column, key) in block.keys.enumerated()
        where key >= lengths[sequence] - hidden[sequence] {
          block.scores[row * block.keys.count + column] = -1e30
        }
      }
    }

    func room(tokens: Int) -> Int { base?.room(tokens: tokens) ?? 0 }
    var operands: [Tensor] { [] }
    func gradient() -> any ScoreBiasGradient { preconditionFailure("not asked for") }
  }

  enum Bias: CaseIterable, Sendable { case none, distances, scores }

  private static func bias(_ kind: Bias, _ shape: AttentionShape) -> (any ScoreBias)? {
    var samples = Samples(seed: 5)
    switch kind {
    case .none: return nil
    case .distances:
      let count = RelativePositionBias.distances(tokens: 90).count
      return RelativePositionBias(rows: samples.tensor(count, heads), tokens: 90)
    case .scores:
      let count = DistanceVectors.distances(tokens: 90).count
      func vectors() -> DistanceVectors {
        DistanceVectors(rows: samples.tensor(count, shape.width), tokens: 90)
      }
      return RelativePositionScores(
        shape, queries: vectors(), shift: samples.tensor(shape.width), keys: vectors(),
        segments: SegmentScores(
          samples.tensor(heads, size), shift: samples.tensor(shape.width),
          segments: layout.perRow { Int32($1 % 3 == 0 ? 1 : 0) }))
    }
  }

  // bf16 and int8: a number on a rounding's edge, in one of the two. A key too many is 0.3.
  @Test(
    arguments: [(Precision.f32, Float(1e-5)), (.bf16x3, 2e-5), (.bf16, 0.02), (.int8, 0.02)],
    [AttentionMask.all, .causal, .window(3), .window(3).withoutFuture])
  func hiddenRowsAreNoKeys(_ bound: (precision: Precision, apart: Float), _ mask: AttentionMask) {
    var samples = Samples()
    let x = samples.tensor(Self.layout.rows, 20)
    for (kind, shared) in [(Bias.none, 1), (.none, 2), (.distances, 2), (.scores, 1)] {
      let shape = AttentionShape(
        heads: Self.heads, keyValueHeads: Self.heads / shared, size: Self.size, mask: mask)
      let projection = samples.tensor(shape.projectedWidth, 20)
      let output = samples.tensor(30, shape.width)
      func attended(_ layout: SequenceLayout, _ bias: (any ScoreBias)?) -> Tensor {
        x.selfAttention(
          Linear(weight: Weight(rows: projection, bound.precision), bias: nil), layout, shape,
          bias: bias, output: Linear(weight: Weight(rows: output, bound.precision), bias: nil))
      }
      let bias = Self.bias(kind, shape)
      let found = attended(Self.layout.hiding(Self.hidden), bias)
      let twin = attended(Self.layout, HidingBias(base: bias))
      let largest = twin.elements.map(\.magnitude).max() ?? 0
      for sequence in 0..<Self.layout.count {
        let visible = Self.lengths[sequence] - Self.hidden[sequence]
        for (position, row) in Self.layout[sequence].enumerated() {
          let own = found.rows(row..<row + 1).elements
          guard !mask.keys(of: position, tokens: visible).isEmpty else {
            #expect(own.allSatisfy { $0 == 0 }, "row \(position) of text \(sequence) sees nothing")
            continue
          }
          let apart = zip(own, twin.rows(row..<row + 1).elements).map { ($0 - $1).magnitude }
          let most = (apart.max() ?? .nan) / largest
          #expect(most <= bound.apart, "row \(position) of text \(sequence), \(kind): \(most)")
        }
      }
    }
  }

  @Test(arguments: [AttentionMask.all, .causal, .window(2)])
  func theWayBackGoesByTheKeysThatAreLookedAt(_ mask: AttentionMask) {
    var samples = Samples()
    let layout = SequenceLayout(lengths: [7, 9, 4], period: 1).hiding([2, 6, 4])
    let shape = AttentionShape(heads: 2, size: 5, scale: 0.7, mask: mask)
    expectGradient(
      of: { $0[0].attention(layout, shape) },
      at: [samples.tensor(layout.rows, shape.projectedWidth)]
    )
  }

  @Test func keysAreCountedFromTheFirst() {
    let layout = SequenceLayout(lengths: [4, 0, 2])
    #expect((0..<3).map(layout.keyCount) == [4, 0, 2])
    let hiding = layout.hiding([1, 0, 2])
    #expect((0..<3).map(hiding.keyCount) == [3, 0, 0])
    #expect((0..<3).map { hiding[$0] } == (0..<3).map { layout[$0] })
    // What is copied out of it has keys of its own.
    #expect(hiding.alone.keyCount(0) == 4)
  }
}
