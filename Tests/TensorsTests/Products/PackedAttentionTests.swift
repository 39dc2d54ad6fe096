import TestSupport
import Testing

@testable import Tensors

/// Attention between products with packed weights, against that in float32.
@Suite struct PackedAttentionTests {
  private static let (heads, size) = (4, 24)
  private static let layout = SequenceLayout(lengths: [1, 7, 40, 0, 90])

  private static func shape(_ mask: AttentionMask, shared: Int) -> AttentionShape {
    AttentionShape(heads: heads, keyValueHeads: heads / shared, size: size, mask: mask)
  }

  /// A number for each head and distance.
  private static let bias = RelativePositionBias(
    rows: Tensor(
      [RelativePositionBias.distances(tokens: 90).count, heads],
      RelativePositionBias.distances(tokens: 90).flatMap { distance in
        (0..<heads).map { Float($0) - 0.1 * Float(distance) }
      }), tokens: 90)

  /// Layers whose projection makes `columns` of `inputs`.
  private static func layers(
    _ shape: AttentionShape, _ precision: Precision
  ) -> (projection: Linear, output: Linear) {
    var samples = Samples(seed: 8)
    let (projection, output) = (
      samples.tensor(shape.projectedWidth, 20), samples.tensor(30, shape.width)
    )
    return (
      Linear(weight: Weight(rows: projection, precision), bias: nil),
      Linear(weight: Weight(rows: output, precision), bias: nil)
    )
  }

  private static func attended(
    _ x: Tensor, _ shape: AttentionShape, _ precision: Precision, bias: (any ScoreBias)?,
    rotary: RotaryPositions? = nil, queries: SequenceLayout? = nil
  ) -> Tensor {
    let layers = layers(shape, precision)
    return x.selfAttention(
      layers.projection, layout, shape, bias: bias, prepare: .init(rotary: rotary),
      output: layers.output, queries: queries)
  }

  @Test(
    arguments: [(Precision.bf16x3, Float(0x1p-14)), (.bf16, 0x1p-5), (.int8, 0x1p-4)],
    [AttentionMask.all, .causal, .window(3)])
  func attentionIsNearFloat32(_ bound: (precision: Precision, apart: Float), mask: AttentionMask) {
    var samples = Samples()
    let x = samples.tensor(Self.layout.rows, 20)
    for shared in [1, 2] {
      let shape = Self.shape(mask, shared: shared)
      for bias in [nil, Self.bias] {
        let found = Self.attended(x, shape, bound.precision, bias: bias)
        let exact = Self.attended(x, shape, .f32, bias: bias)
        let size = exact.elements.map(\.magnitude).max() ?? 0
        for sequence in 0..<Self.layout.count {
          for row in Self.layout[sequence] {
            let apart =
              zip(found.rows(row..<row + 1).elements, exact.rows(row..<row + 1).elements)
              .map { ($0 - $1).magnitude / size }.max() ?? .nan
            #expect(apart <= bound.apart, "row \(row): \(apart)")
          }
        }
      }
    }
  }

  /// Heads are shared out among threads, and rows of the products around them.
  @Test(arguments: Precision.allCases, [AttentionMask.all, .window(3)])
  func theBitsAreTheSameWithAnyNumberOfThreads(_ precision: Precision, _ mask: AttentionMask) {
    var samples = Samples()
    let x = samples.tensor(Self.layout.rows, 20)
    for shared in [1, 2] {
      for (bias, rotary) in [
        (nil, nil), (Self.bias, nil), (nil, RotaryPositions(size: Self.size, base: 100)),
      ] as [(RelativePositionBias?, RotaryPositions?)] {
        func attended(threads: Int) -> [Float] {
          Parallel.sharing(threads) {
            Self.attended(
              x, Self.shape(mask, shared: shared), precision, bias: bias, rotary: rotary)
          }.rows(at: Self.layout, as: SequenceLayout(lengths: [1, 7, 40, 0, 90], period: 1))
            .elements
        }
        let alone = attended(threads: 1)
        for threads in [2, 3, 16] { #expect(attended(threads: threads) == alone) }
      }
    }
  }

  /// Of a long text, biases are made for some queries at a time; none of them knows.
  @Test(arguments: [Precision.bf16, .int8])
  func aLongTextsBiasesAreMadeInParts(_ precision: Precision) {
    var samples = Samples()
    let (tokens, shape) = (2100, AttentionShape(heads: 1, size: 8))
    let layout = SequenceLayout(lengths: [tokens])
    let distances = RelativePositionBias.distances(tokens: tokens)
    let bias = RelativePositionBias(
      rows: Tensor([distances.count, 1], distances.map { -0.01 * Float($0.magnitude) }),
      tokens: tokens)
    let layers = Self.layers(shape, precision)
    let x = samples.tensor(layout.rows, 20)
    func attended(_ queries: SequenceLayout? = nil) -> Tensor {
      x.selfAttention(
        layers.projection, layout, shape, bias: bias, output: layers.output, queries: queries)
    }
    let all = attended()
    // The first part has 2²² / 2100 queries, in whole blocks of 32: 1984. Those from there on alone.
    for start in [1984, 2016] {
      let rest = attended(layout.dropping(first: start))
      #expect(rest.rows(0..<tokens - start).elements == all.rows(start..<tokens).elements)
    }
  }

  /// What is asked for alone is what is given among all.
  @Test(arguments: Precision.allCases, [AttentionMask.all, .causal, .window(3)])
  func rowsThatAreAskedForAreThoseAmongAll(_ precision: Precision, _ mask: AttentionMask) {
    var samples = Samples()
    let x = samples.tensor(Self.layout.rows, 20)
    let shape = Self.shape(mask, shared: 2)
    for bias in [nil, Self.bias] {
      let all = Self.attended(x, shape, precision, bias: bias)
      for queries in [Self.layout.first, Self.layout.last, Self.layout.dropping(first: 5)] {
        let found = Self.attended(x, shape, precision, bias: bias, queries: queries)
        #expect(found.rows == queries.alone.rows)
        let dense = SequenceLayout(
          lengths: (0..<queries.count).map { queries[$0].count }, period: 1)
        expectClose(
          found.rows(at: queries.alone, as: dense).elements,
          all.rows(at: queries, as: dense).elements, tolerance: precision == .f32 ? 1e-5 : 0.02)
      }
    }
  }
}
