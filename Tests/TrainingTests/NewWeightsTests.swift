import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct NewWeightsTests {
  // torch 2.15.0: torch.manual_seed(seed); torch.nn.Linear(inputs, outputs)
  @Test(
    arguments: [
      (
        42, 2, 3,
        [
          0.4414065182209015, 0.47920528054237366, -0.1352572739124298, 0.5303604602813721,
          -0.1264995038509369, 0.11650390923023224,
        ], [-0.28108587861061096, 0.3390677869319916]
      ),
      (
        7, 1, 5,
        [
          0.031235668808221817, -0.26939862966537476, 0.1424032747745514, 0.14032691717147827,
          -0.2390253245830536,
        ], [-0.06702711433172226]
      ),
    ] as [(Int, Int, Int, [Float], [Float])])
  func aLinearLayerBeginsAsTorchs(
    seed: Int, outputs: Int, inputs: Int, weight: [Float], bias: [Float]
  ) {
    let found = NewWeights.linear(outputs: outputs, inputs: inputs, seed: seed)
    #expect(found.weight.shape == [outputs, inputs] && found.weight.elements == weight)
    #expect(found.bias.shape == [outputs] && found.bias.elements == bias)
  }
}
