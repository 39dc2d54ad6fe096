import ModelFiles
import TestSupport
import Testing

@testable import Training

@Suite struct DecayedTensorsTests {
  @Test func theyAreThoseOfTheReference() throws {
    for line in try Fixture.lines(Fixture.path("training/decay.jsonl")) {
      let model = try line.string("model")
      for (key, expected) in [("decayed", true), ("others", false)] {
        for name in try line.array(key).elements.map({ try $0.string() }) {
          #expect(isDecayed(name) == expected, "\(model): \(name)")
        }
      }
    }
  }

  // Names of files whose classes the reference has elsewhere, or that it calls otherwise when
  // loaded.
  @Test(arguments: [
    ("emb_ln.weight", false), ("encoder.layers.0.norm1.weight", false),
    ("encoder.layer.0.attn_ln.weight", false), ("encoder.layer.0.layer_norm_1.weight", false),
    ("embeddings.LayerNorm.gamma", false), ("embeddings.LayerNorm.beta", false),
    ("3_LayerNorm/norm.weight", false), ("2_Dense/linear.weight", true),
    ("2_Dense/linear.bias", false), ("encoder.layers.0.mlp.fc11.weight", true),
    ("transformer.mask_emb", true), ("embedding.weight", true), ("loss/classifier.weight", true),
    ("loss/classifier.bias", false),
  ])
  func otherNames(name: String, expected: Bool) {
    #expect(isDecayed(name) == expected)
  }
}
