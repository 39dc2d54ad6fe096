import TestSupport
import Testing

@testable import Encoders
@testable import Tensors

/// Every architecture in every precision, against its own float32.
@Suite struct PrecisionTests {
  /// How far the output of these tiny networks, whose weights are large, may be off, over its
  /// largest number: 0.42 in int8 where yarn sharpens the scores, 0.2 elsewhere.
  static let precisions: [(precision: Precision, tolerance: Float)] = [
    (.bf16x3, 2e-4), (.bf16, 0.1), (.int8, 0.5),
  ]

  @Test(arguments: RecordedEncoder.all, precisions)
  func outputsAreNearFloat32(
    _ recorded: RecordedEncoder, _ bound: (precision: Precision, tolerance: Float)
  ) throws {
    let batch = TokenBatch(try recorded.sequences())
    let (exactly, encoder) = (try recorded.encoder(), try recorded.encoder(bound.precision))
    let exact = rows(exactly(batch), batch.layout)
    let found = rows(encoder(batch), batch.layout)
    let size = max(1, exact.map(\.magnitude).max() ?? 0)
    let apart = zip(found, exact).map { ($0 - $1).magnitude / size }.max() ?? .nan
    // A token that two experts attract alike may go through the other one.
    let tolerance = recorded.name.hasSuffix("experts") ? 0.5 : bound.tolerance
    #expect(apart <= tolerance)
    #expect(apart > 0)
  }

  /// Layer by layer, from what the precision itself made before it: what is left are the orders of
  /// sums, and numbers that they put on the other side of a rounding's edge.
  @Test(arguments: RecordedEncoder.all, twins)
  func layersAreThoseOfATwinWhoseOperandsAreRounded(
    _ recorded: RecordedEncoder, _ bound: (precision: Precision, tolerance: Float)
  ) throws {
    let batch = TokenBatch(try recorded.sequences())
    let (exact, encoder) = (try recorded.encoder(), try recorded.encoder(bound.precision))
    let twin = RoundedTwin(precision: bound.precision)
    var x = exact.inputs(batch)
    if let widening = exact.widening { x = twin.linear(widening, x) }
    if let scale = exact.scale { x = x.scaled(by: scale) }
    x = exact.embeddingNorm.map { $0(x) } ?? x
    var found = encoder.embeddings(batch)
    expectNear(found, x, batch.layout, bound.tolerance, "embeddings")
    for (index, layer) in encoder.layers.enumerated() {
      let expected = try #require(twin(exact.layers[index], layer, found, batch))
      found = layer(found, batch)
      expectNear(found, expected, batch.layout, bound.tolerance, "layer \(index)")
    }
    let whole = encoder(batch)
    #expect(rows(encoder.finish(found, batch), batch.layout) == rows(whole, batch.layout))
  }

  /// How far a layer's rows may be off, all together, over their length. Measured: 3e-7, 1e-5, 1.6e-3
  /// and 4e-3 at most; a layer that lost its mask is off by 0.2 or more. In the lower two it is
  /// numbers on a rounding's edge, mostly of activations and exponentials that are themselves to
  /// 1e-4: one in twenty goes to the other side, by 2⁻⁸ of itself or by 1/254 of its row's range.
  static let twins: [(precision: Precision, tolerance: Float)] = [
    (.f32, 1e-6), (.bf16x3, 2e-5), (.bf16, 2e-3), (.int8, 5e-3),
  ]

  private func expectNear(
    _ found: Tensor, _ expected: Tensor, _ layout: SequenceLayout, _ tolerance: Float,
    _ part: String
  ) {
    func length(_ x: [Float]) -> Float { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (found, expected) = (rows(found, layout), rows(expected, layout))
    let apart = length(zip(found, expected).map { $0 - $1 }) / length(expected)
    #expect(apart <= tolerance, "\(part): \(apart)")
  }

  /// The rows of sequences, without those between two, which some processors' products ask for and
  /// which hold anything.
  private func rows(_ x: Tensor, _ layout: SequenceLayout) -> [Float] {
    let dense = SequenceLayout(lengths: (0..<layout.count).map { layout[$0].count }, period: 1)
    return x.rows(at: layout, as: dense).elements
  }

  @Test(arguments: RecordedEncoder.all, precisions.map(\.precision))
  func aSequencesBitsDoNotDependOnItsCompany(
    _ recorded: RecordedEncoder, _ precision: Precision
  ) throws {
    let encoder = try recorded.encoder(precision)
    let sequences = try recorded.sequences()
    for sequence in sequences {
      let alone = encoder.rows(0, of: TokenBatch([sequence]))
      #expect(encoder.rows(sequences.count, of: TokenBatch(sequences + [sequence])) == alone)
    }
  }

  /// What the last layer is asked for alone is what it gives among all.
  @Test(arguments: RecordedEncoder.all, [Precision.f32, .bf16x3, .bf16])
  func oneTokenOfEachTextIsThatOfAll(_ recorded: RecordedEncoder, _ precision: Precision) throws {
    let encoder = try recorded.encoder(precision)
    let sequences = try recorded.sequences()
    let batch = TokenBatch(sequences)
    let all = encoder(batch)
    for pick in [\SequenceLayout.first, \.last] {
      let queries = batch.layout[keyPath: pick]
      let (kept, picked) = (encoder(batch, queries: queries), all.rows(at: queries))
      #expect(kept.shape == picked.shape)
      let layout = queries.alone
      let (found, expected) = (rows(kept, layout), rows(picked, layout))
      let size = max(1, expected.map(\.magnitude).max() ?? 0)
      let apart = zip(found, expected).map { ($0 - $1).magnitude / size }
      #expect(apart.max() ?? .nan <= (precision == .bf16 ? 0.02 : 2e-5))
      for (index, sequence) in sequences.enumerated() {
        let single = TokenBatch([sequence])
        let alone = encoder(single, queries: single.layout[keyPath: pick]).elements
        let row = layout[index].lowerBound * encoder.hiddenSize
        #expect(
          Array(kept.elements[row..<row + encoder.hiddenSize])
            == Array(alone.prefix(encoder.hiddenSize)))
      }
    }
  }
}
