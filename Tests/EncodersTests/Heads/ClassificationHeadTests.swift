import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Heads that give labels, against transformers and themselves.
@Suite struct ClassificationHeadTests {
  // Sums of some dozen numbers in another order; the weights are of order 1.
  private static let tolerance: Float = 2e-5

  private func logits(
    _ head: ClassificationHead, _ encoder: Encoder, _ batch: TokenBatch
  ) -> [[Float]] {
    let pooled = head.pooled(encoder(batch), batch.layout, ids: batch.ids)
    return rows(head(pooled), batch.layout.pooled)
  }

  private func rows(_ x: Tensor, _ layout: SequenceLayout) -> [[Float]] {
    let elements = x.elements
    return (0..<layout.count).map { sequence in
      let start = layout[sequence].lowerBound * x.columns
      return Array(elements[start..<start + x.columns])
    }
  }

  @Test func fixturesAreThere() { #expect(RecordedHead.labels.count >= 20) }

  @Test(arguments: RecordedHead.labels)
  func logitsAreTheReferences(_ recorded: RecordedHead) throws {
    let (head, expected) = (try recorded.classification(), try recorded.logits())
    let found = logits(head, try recorded.encoder(), try recorded.batch())
    #expect(head.labels == expected[0].count)
    for (index, pair) in zip(found, expected).enumerated() {
      expectNear(pair.0, pair.1, Self.tolerance, "sequence \(index)")
    }
  }

  /// What a last layer makes of the rows that a head looks at is all that it needs.
  @Test(arguments: RecordedHead.labels)
  func theRowsItLooksAtAreEnough(_ recorded: RecordedHead) throws {
    let (head, expected) = (try recorded.classification(), try recorded.logits())
    guard head.tokens != .mean else { return }
    let batch = try recorded.batch()
    let queries = head.rows(of: batch.layout, ids: batch.ids)
    let found = rows(head(try recorded.encoder()(batch, queries: queries)), queries.alone)
    for (index, pair) in zip(found, expected).enumerated() {
      expectNear(pair.0, pair.1, Self.tolerance, "sequence \(index)")
    }
  }

  /// Of networks with ReLU, a smaller step: what lies on either side of a bend has other derivatives.
  private static let bending = ["distilbert", "xlnet-mean"]

  @Test(arguments: RecordedHead.labels)
  func everyTensorHasItsDerivative(_ recorded: RecordedHead) throws {
    let (config, file) = (try recorded.config, try TensorFile(folder: recorded.folder))
    let batch = try recorded.batch()
    let parameters = try file.parameters()
    let bends = Self.bending.contains(recorded.name)
    try DirectionalDerivatives(of: parameters, steps: [bends ? 0x1p-13 : 0x1p-9]) { parameters in
      let weights = Weights(file, parameters: parameters)
      let head = try ClassificationHeads.head(config, weights)
      let rows = try Architectures.encoder(config, weights)(batch)
      return head(head.pooled(rows, batch.layout, ids: batch.ids))
    }.check { name in ["mask_emb", "lang_embeddings"].contains { name.contains($0) } }
  }

  /// As far as the networks themselves are off (PrecisionTests), over the largest logit.
  @Test(
    arguments: RecordedHead.labels,
    [(Precision.bf16x3, Float(5e-4)), (.bf16, 0.1), (.int8, 0.5)])
  func otherPrecisionsAreNear(
    _ recorded: RecordedHead, _ bound: (precision: Precision, tolerance: Float)
  ) throws {
    let batch = try recorded.batch()
    let exact = logits(try recorded.classification(), try recorded.encoder(), batch)
    let found = logits(
      try recorded.classification(bound.precision), try recorded.encoder(bound.precision), batch)
    expectNear(found.flatMap { $0 }, exact.flatMap { $0 }, bound.tolerance)
  }

  @Test(arguments: RecordedHead.labels, Precision.allCases)
  func aTextsBitsDoNotDependOnItsCompany(
    _ recorded: RecordedHead, _ precision: Precision
  ) throws {
    let (head, encoder) = (try recorded.classification(precision), try recorded.encoder(precision))
    let all = logits(head, encoder, try recorded.batch())
    for sequence in all.indices {
      #expect(logits(head, encoder, try recorded.batch([sequence])) == [all[sequence]])
    }
  }
}
