import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite struct PositionBiasTests {
  @Test func itIsMadeAgainOnlyForLongerTexts() {
    let made = Mutex<[Int]>([])
    let value = LengthCache(mostKept: 200) { tokens, _ in
      made.withLock { $0.append(tokens) }
      return tokens
    }
    #expect([3, 16, 17, 10, 150, 200].map { value(tokens: $0) } == [16, 16, 32, 32, 150, 200])
    #expect(made.withLock { $0 } == [16, 32, 150, 200])
    // Beyond what is kept it is as long as the text, and does not stay.
    #expect([201, 201, 5].map { value(tokens: $0) } == [201, 201, 200])
    #expect(made.withLock { $0 } == [16, 32, 150, 200, 201, 201])
  }

  @Test func inTrainingItIsMadeForEachBatchAsLongAsThat() {
    let made = Mutex<[Int]>([])
    let value = LengthCache(mostKept: 200) { tokens, training in
      made.withLock { $0.append(tokens) }
      return (tokens, training?.step)
    }
    let training = TrainingPass(seed: 1, step: 7, texts: [0])
    for tokens in [3, 3, 150, 0] {
      let (length, step) = value(tokens: tokens, training)
      #expect(length == max(1, tokens))
      #expect(step == 7)
    }
    #expect(made.withLock { $0 } == [3, 3, 150, 1])
    #expect(value(tokens: 3).0 == 16)
  }

  @Test func theDerivativesOfEachBatchReachTheTables() {
    var samples = Samples()
    let shape = AttentionShape(heads: 2, size: 4)
    let projection = Linear(weight: Weight(rows: samples.tensor(24, 8)), bias: nil)
    let output = Linear(weight: Weight(rows: samples.tensor(8, 8)), bias: nil)
    let (table, inputs) = (samples.tensor(6, 2).tracked(), samples.tensor(6, 8).tracked())
    @Sendable func bucket(_ distance: Int) -> Int { min(5, abs(distance)) }
    let distances = DistanceInputs { distances, _ in
      Tensor.gather([(inputs, distances.map { Int32(bucket($0)) })])
    }
    let vectors = PositionBias.Vectors(queries: distances.vectors(output), keys: nil)
    for (bias, leaf) in [
      (PositionBias(table, bucket: bucket), table), (PositionBias(vectors, shape), inputs),
    ] {
      var attention = SelfAttention(projection: projection, output: output, shape)
      attention.positionBias = bias
      // Were anything kept, the second batch would find a way back that the first has gone.
      for length in [4, 3] {
        let batch = TokenBatch(
          [(ids: .init(repeating: 0, count: length), segments: .init(repeating: 0, count: length))],
          training: TrainingPass(seed: 1, step: 1, texts: [0]))
        let y = attention(samples.tensor(length, 8), batch)
        let gradient = Gradients(of: y, seed: samples.tensor(length, 8))[leaf]
        #expect(gradient.map { $0.dense(leaf.shape).elements.contains { $0 != 0 } } == true)
      }
    }
  }
}
