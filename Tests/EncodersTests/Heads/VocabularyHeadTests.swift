import Glibc
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Heads over the vocabulary, against transformers and themselves.
@Suite struct VocabularyHeadTests {
  // Sums of some dozen numbers in another order; the weights are of order 1.
  private static let tolerance: Float = 2e-5

  @Test func fixturesAreThere() { #expect(RecordedHead.vocabularies.count >= 18) }

  @Test(arguments: RecordedHead.vocabularies)
  func logitsAreTheReferences(_ recorded: RecordedHead) throws {
    let (batch, expected) = (try recorded.batch(), try recorded.logits())
    let encoder = try recorded.encoder()
    // A tied decoder is the same by either way.
    for words in [nil, encoder.words] {
      let head = try recorded.vocabulary(words: words)
      let tokens = (0..<Int32(head.vocabulary)).map { $0 }
      let logits = head.logits(head.transformed(encoder(batch)), of: tokens)
      for sequence in 0..<batch.layout.count {
        let rows = batch.layout[sequence]
        expectNear(
          logits.view(rows: rows).elements, expected[sequence], Self.tolerance,
          "sequence \(sequence)")
      }
      let few = head.logits(head.transformed(encoder(batch)), of: [7, 3])
      #expect(few.elements[0] == logits.elements[7] && few.elements[1] == logits.elements[3])
    }
  }

  static let poolings = [
    VocabularyPooling(reduction: .max, logarithms: 1), .init(reduction: .max, logarithms: 2),
    .init(reduction: .sum, logarithms: 1), .init(reduction: .sum, logarithms: 2),
  ]

  /// log(1 + max(x, 0)), as often as that is taken, and then the largest or the sum.
  private func pooled(_ logits: [Float], _ width: Int, _ pooling: VocabularyPooling) -> [Float] {
    (0..<width).map { column in
      let values = stride(from: column, to: logits.count, by: width).map { index in
        (0..<pooling.logarithms).reduce(max(0, Double(logits[index]))) { y, _ in log1p(y) }
      }
      return Float(pooling.reduction == .max ? values.max() ?? 0 : values.reduce(0, +))
    }
  }

  @Test(arguments: RecordedHead.vocabularies, poolings.indices)
  func whatIsPooledIsThatOfTheReferencesLogits(_ recorded: RecordedHead, _ number: Int) throws {
    let (head, batch, pooling) = (
      try recorded.vocabulary(), try recorded.batch(), Self.poolings[number]
    )
    let x = head.transformed(try recorded.encoder()(batch))
    let found = head.pooled(x, batch.layout, by: pooling)
    let expected = try recorded.logits().map { self.pooled($0, head.vocabulary, pooling) }
    #expect(found.shape == [batch.layout.count, head.vocabulary])
    // The sum of forty tokens' numbers.
    expectNear(found.elements, expected.flatMap { $0 }, 4 * Self.tolerance)
    let some = head.pooled(x, batch.layout, by: pooling, sequences: 1..<3)
    #expect(some.elements == found.view(rows: 1..<3).elements)
  }

  /// As far as the networks themselves are off (PrecisionTests).
  @Test(
    arguments: RecordedHead.vocabularies,
    [(Precision.bf16x3, Float(5e-4)), (.bf16, 0.1), (.int8, 0.5)])
  func otherPrecisionsAreNear(
    _ recorded: RecordedHead, _ bound: (precision: Precision, tolerance: Float)
  ) throws {
    func vectors(_ precision: Precision) throws -> [Float] {
      let (head, batch) = (try recorded.vocabulary(precision), try recorded.batch())
      let x = head.transformed(try recorded.encoder(precision)(batch))
      return head.pooled(x, batch.layout, by: Self.poolings[0]).elements
    }
    expectNear(try vectors(bound.precision), try vectors(.f32), bound.tolerance)
  }

  @Test(arguments: RecordedHead.vocabularies, Precision.allCases)
  func aTextsBitsDoNotDependOnItsCompany(
    _ recorded: RecordedHead, _ precision: Precision
  ) throws {
    let (head, encoder) = (try recorded.vocabulary(precision), try recorded.encoder(precision))
    for pooling in [Self.poolings[0], Self.poolings[2]] {
      func vectors(_ batch: TokenBatch) -> Tensor {
        head.pooled(head.transformed(encoder(batch)), batch.layout, by: pooling)
      }
      let all = vectors(try recorded.batch())
      for sequence in 0..<all.rows {
        let alone = vectors(try recorded.batch([sequence]))
        #expect(alone.elements == all.view(rows: sequence..<sequence + 1).elements)
      }
    }
  }
}
