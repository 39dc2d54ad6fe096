import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Every architecture in training: what it leaves out, and what not.
@Suite struct TrainingPassTests {
  /// A model with what it would be trained with.
  private struct Trained {
    let encoder: Encoder
    let sequences: [(ids: [Int32], segments: [Int32])]
    let hasSegments: Bool
    let rates: DropoutRates

    init(_ recorded: RecordedEncoder) throws {
      encoder = try recorded.encoder()
      sequences = try recorded.sequences()
      hasSegments = try recorded.hasSegments
      rates = try DropoutRates(recorded.config)
    }

    func batch(_ texts: [Int], _ pass: TrainingPass?) -> TokenBatch {
      TokenBatch(texts.map { sequences[$0] }, hasSegments: hasSegments, training: pass)
    }

    var texts: [Int] { Array(sequences.indices) }

    func output(
      _ texts: [Int], dropout: Float?, step: Int = 1, recomputes: Bool = false
    ) -> [[Float]] {
      let pass = TrainingPass(
        dropout: dropout, seed: 1, step: step, texts: texts, recomputes: recomputes)
      return rows(batch(texts, pass.with(rates)))
    }

    /// The hidden states of each sequence.
    func rows(_ batch: TokenBatch) -> [[Float]] {
      let hidden = encoder(batch)
      return (0..<batch.layout.count).map { hidden.rows(batch.layout[$0]).elements }
    }
  }

  // As for the reference's numbers: rows at other places of a product may be summed otherwise.
  private func expectSame(_ found: [Float], _ expected: [Float], _ name: String) {
    let size = max(1, expected.map(\.magnitude).max() ?? 0)
    let worst = zip(found, expected).map { ($0 - $1).magnitude / size }.max() ?? 0
    #expect(found.count == expected.count && worst <= 2e-5, "\(name): \(worst)")
  }

  @Test(arguments: RecordedEncoder.all)
  func withoutDropoutItIsInference(_ recorded: RecordedEncoder) throws {
    let model = try Trained(recorded)
    let expected = model.rows(model.batch(model.texts, nil))
    for (text, rows) in model.output(model.texts, dropout: 0).enumerated() {
      expectSame(rows, expected[text], "text \(text)")
    }
  }

  @Test(arguments: RecordedEncoder.all)
  func whatIsLeftOutOfATextDoesNotDependOnItsCompany(_ recorded: RecordedEncoder) throws {
    let model = try Trained(recorded)
    let together = model.output(model.texts, dropout: 0.2)
    for text in model.texts {
      expectSame(model.output([text], dropout: 0.2)[0], together[text], "text \(text)")
    }
    // LFM2 leaves nothing out.
    let hasSites = !model.rates.sites.isEmpty
    #expect((together != model.output(model.texts, dropout: 0)) == hasSites)
    #expect((together != model.output(model.texts, dropout: 0.2, step: 2)) == hasSites)
    #expect(together == model.output(model.texts, dropout: 0.2, recomputes: true))
  }

  @Test(arguments: RecordedEncoder.all)
  func everySiteIsThere(_ recorded: RecordedEncoder) throws {
    let model = try Trained(recorded)
    let expected = model.output(model.texts, dropout: 0)
    let isConvolved = model.encoder.layers.contains { $0 is ConvolvedLayer }
    for site in model.rates.sites {
      // Of few layers, none may be passed by in one step.
      let found = (1...8).map { step in
        var pass = TrainingPass(seed: 1, step: step, texts: model.texts)
        pass.rates[site] = 0.5
        return model.rows(model.batch(model.texts, pass))
      }
      let isThere = site != .convolution || isConvolved
      #expect(found.contains { $0 != expected } == isThere, "\(site)")
    }
  }

  @Test(arguments: RecordedEncoder.all)
  func theTokensThatAreAskedForAreThoseOfTheWhole(_ recorded: RecordedEncoder) throws {
    let model = try Trained(recorded)
    let pass = TrainingPass(dropout: 0.2, seed: 1, step: 1, texts: model.texts).with(model.rates)
    let batch = model.batch(model.texts, pass)
    let first = model.encoder(batch, queries: batch.layout.first)
    let whole = model.encoder(batch).rows(at: batch.layout.first)
    expectSame(first.elements, whole.elements, "first tokens")
  }
}
