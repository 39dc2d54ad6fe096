import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// The way back through each masked language model's head, pooled as SPLADE does.
@Suite struct VocabularyGradientsTests {
  /// Tensors of other heads, of which these numbers are not made.
  private static let unused = [
    "pooler", "position_ids", "seq_relationship", "sop_classifier", "discriminator",
  ]

  @Test(arguments: RecordedHead.all.filter { $0.kind == .masked })
  func everyTensorHasItsDerivative(_ recorded: RecordedHead) throws {
    let config = try recorded.config
    let file = try TensorFile(folder: recorded.folder)
    let batch = try recorded.batch()
    let parameters = try file.parameters()
    for pooling in [
      VocabularyPooling(reduction: .max, logarithms: 1), .init(reduction: .sum, logarithms: 2),
    ] {
      // Where a largest number or a zero changes hands, what lies on either side has other derivatives.
      try DirectionalDerivatives(of: parameters, steps: [0x1p-14, 0x1p-11]) { parameters in
        let weights = Weights(file, parameters: parameters)
        let encoder = try Architectures.encoder(config, weights)
        let head = try VocabularyHeads.masked(config, weights, words: encoder.words)
        return head.pooled(head.transformed(encoder(batch)), batch.layout, by: pooling)
      }.check { name in
        // A decoder with a bias of its own leaves the other one out.
        Self.unused.contains { name.contains($0) }
          || name == "cls.predictions.bias" && file["cls.predictions.decoder.bias"] != nil
      }
    }
  }
}
