import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// Every architecture against the hidden states of the Python reference.
@Suite struct HiddenStatesTests {
  // fp32 sums of 32 numbers in another order; the weights are of order 1.
  private static let tolerance: Float = 2e-5

  @Test(arguments: ["bert"]) func hiddenStatesAreTheReferences(name: String) throws {
    let folder = Fixture.path("encoders/\(name)")
    let recording = try JSON(file: folder + "/hidden.json")
    let model = try Fixture.root + "/" + recording.string("model")
    let expected = try TensorFile(safetensors: folder + "/hidden.safetensors")
    let encoder = try Architecture.make(
      ModelConfig(JSON(file: model + "/config.json")), Weights(TensorFile(folder: model)))
    let sequences = try recording.array("sequences").elements.map {
      (ids: try $0.ints("ids"), segments: try $0.ints("segments"))
    }
    let batch = TokenBatch(sequences)
    let states = encoder.hiddenStates(batch)
    #expect(states.count == encoder.depth + 1)
    #expect(encoder(batch).elements == states.last?.elements)
    for (sequence, tokens) in sequences.enumerated() {
      for (index, state) in states.enumerated() {
        let stored = try #require(expected["\(sequence).hidden.\(index)"])
        let reference = stored.withBytes {
          Tensor(stored.shape, raising: $0, from: .float32).elements
        }
        let start = batch.packing[sequence].lowerBound * encoder.hiddenSize
        let rows = state.elements[start..<start + tokens.ids.count * encoder.hiddenSize]
        expectClose(Array(rows), reference, tolerance: Self.tolerance)
      }
    }
  }

  @Test func operationsAreCountedFromTheShapes() throws {
    let model = Fixture.tinyBERT
    let encoder = try Architecture.make(
      ModelConfig(JSON(file: model + "/config.json")), Weights(TensorFile(folder: model)))
    // 2 layers of 4·32² + 2·32·64 weights; for 10 tokens, 2 operations a weight and token, and
    // 4·10·10·32 of attention a layer.
    #expect(encoder.operations(tokens: 10) == Double(2 * 10 * 2 * 8192 + 2 * 4 * 100 * 32))
  }
}
