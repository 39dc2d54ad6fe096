import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Every architecture against the hidden states of the Python reference.
@Suite struct HiddenStatesTests {
  // Sums of some dozen numbers in another order, through a few layers; the weights are of order 1.
  private static let tolerance: Float = 2e-5

  @Test func fixturesAreThere() { #expect(RecordedEncoder.all.count >= 30) }

  @Test(arguments: RecordedEncoder.all)
  func hiddenStatesAreTheReferences(_ recorded: RecordedEncoder) throws {
    let encoder = try recorded.encoder()
    let sequences = try recorded.sequences()
    let expected = try recorded.tensors()
    #expect(!sequences.isEmpty)
    let batch = TokenBatch(sequences, hasSegments: try recorded.hasSegments)
    let states = encoder.hiddenStates(batch)
    let output = encoder(batch)
    #expect(states.count == encoder.depth + 1)
    #expect(output.elements == states.last?.elements)
    for (sequence, tokens) in sequences.enumerated() {
      let first = batch.layout[sequence].lowerBound
      func rows(_ x: Tensor) -> [Float] {
        Array(x.elements[first * x.columns..<(first + tokens.ids.count) * x.columns])
      }
      for (index, state) in states.enumerated() {
        let reference = try #require(expected["\(sequence).hidden.\(index)"])
        expectNear(rows(state), reference, "sequence \(sequence), state \(index)")
      }
      if let reference = expected["\(sequence).output"] {
        expectNear(rows(output), reference, "sequence \(sequence), output")
      }
    }
  }

  /// Relative to the largest number, or to 1.
  private func expectNear(_ found: [Float], _ expected: [Float], _ name: String) {
    let size = max(1, expected.map(\.magnitude).max() ?? 0)
    let worst = zip(found, expected).map { ($0 - $1).magnitude / size }.max() ?? .nan
    #expect(found.count == expected.count && worst <= Self.tolerance, "\(name): \(worst)")
  }

  @Test(arguments: RecordedEncoder.all)
  func aSequencesBitsDoNotDependOnItsCompany(_ recorded: RecordedEncoder) throws {
    let encoder = try recorded.encoder()
    let sequences = try recorded.sequences()
    for sequence in sequences {
      let alone = encoder.rows(0, of: TokenBatch([sequence]))
      for index in 0...sequences.count {
        var company = sequences
        company.insert(sequence, at: index)
        #expect(encoder.rows(index, of: TokenBatch(company)) == alone)
      }
    }
  }

  @Test func operationsAreCountedFromTheShapes() throws {
    let model = Fixture.tinyBERT
    let encoder = try Architectures.encoder(
      ModelConfig(JSON(file: model + "/config.json")), Weights(TensorFile(folder: model)))
    // 2 layers of 4·32² + 2·32·64 weights; for 10 tokens, 2 operations a weight and token, and
    // 4·10·10·32 of attention a layer.
    #expect(encoder.operations(tokens: 10) == Double(2 * 10 * 2 * 8192 + 2 * 4 * 100 * 32))
  }
}
