import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Every architecture in every precision, against its own float32.
@Suite struct PrecisionTests {
  /// How far the output of these tiny networks, whose weights are large, may be off, over its
  /// largest number.
  static let precisions: [(precision: Precision, tolerance: Float)] = [
    (.bf16x3, 2e-4), (.bf16, 0.1), (.int8, 0.25),
  ]

  @Test(arguments: RecordedEncoder.all, precisions)
  func outputsAreNearFloat32(
    _ recorded: RecordedEncoder, _ bound: (precision: Precision, tolerance: Float)
  ) throws {
    let batch = TokenBatch(try recorded.sequences())
    let (exactly, encoder) = (try recorded.encoder(), try recorded.encoder(bound.precision))
    let (exact, found) = (exactly(batch).elements, encoder(batch).elements)
    let size = max(1, exact.map(\.magnitude).max() ?? 0)
    let apart = zip(found, exact).map { ($0 - $1).magnitude / size }.max() ?? .nan
    #expect(apart <= bound.tolerance)
    #expect(apart > 0)
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
      let (kept, expected) = (encoder(batch, queries: queries), all.rows(at: queries))
      #expect(kept.shape == expected.shape)
      let size = max(1, expected.elements.map(\.magnitude).max() ?? 0)
      let apart = zip(kept.elements, expected.elements).map { ($0 - $1).magnitude / size }
      #expect(apart.max() ?? .nan <= (precision == .bf16 ? 0.02 : 2e-5))
      let layout = queries.alone
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
