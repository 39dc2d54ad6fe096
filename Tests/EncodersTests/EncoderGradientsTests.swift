import ModelFiles
import TestSupport
import Testing

@testable import Encoders
@testable import Tensors

/// The way back through every architecture, to each tensor of its file.
@Suite struct EncoderGradientsTests {
  /// Tensors of which a sentence's vectors are not made: heads of other tasks, and numbers that the
  /// reference itself leaves alone.
  private static let unused = [
    "pooler", "lm_head", "cls.", "mask_emb", "lang_embeddings", "position_ids", "decoder.",
    "discriminator", "generator", "layer_scalar", "embed_positions", "_global", "entity_embeddings",
    "e2e_query", "e2w_query", "w2e_query",
  ]

  /// Networks with ReLU.
  private static let bending = ["t5", "xlnet-clamped", "xlm-sinusoidal"]

  @Test(arguments: RecordedEncoder.all)
  func everyTensorHasItsDerivative(_ recorded: RecordedEncoder) throws {
    // Through all experts: where a token goes through others, the output jumps.
    let json = try recorded.config.json
    let all = try json.int("num_experts", default: 1)
    let config = try ModelConfig(json.replacing([("moe_top_k", .int(all))]))
    let file = try recorded.file
    let sequences = try recorded.sequences()
    let hasSegments = try recorded.hasSegments
    let parameters = try file.parameters()
    // Where a network bends, what lies on either side of a bend has other derivatives.
    let bends = Self.bending.contains(recorded.name)
    try DirectionalDerivatives(of: parameters, steps: [bends ? 0x1p-13 : 0x1p-9]) { parameters in
      let encoder = try Architectures.encoder(config, Weights(file, parameters: parameters))
      let pass = TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(sequences.indices))
      return encoder(TokenBatch(sequences, hasSegments: hasSegments, training: pass))
    }.check { name in Self.unused.contains { name.contains($0) } }
  }

  @Test(arguments: RecordedEncoder.all)
  func computingLayersAgainGivesTheSameBits(_ recorded: RecordedEncoder) throws {
    let config = try recorded.config
    let file = try recorded.file
    let sequences = try recorded.sequences()
    func gradients(recomputes: Bool) throws -> [String: [Float]] {
      let leaves = try file.parameters().mapValues { $0.tracked() }
      let encoder = try Architectures.encoder(config, Weights(file, parameters: leaves))
      let pass = TrainingPass(
        dropout: 0.1, seed: 1, step: 1, texts: Array(sequences.indices), recomputes: recomputes
      ).with(try DropoutRates(config))
      let output = encoder(TokenBatch(sequences, training: pass))
      let found = Gradients(of: output, seed: Tensor(output.shape) { $0.update(repeating: 0.5) })
      return leaves.compactMapValues { leaf in found[leaf].map { $0.dense(leaf.shape).elements } }
    }
    let (kept, again) = (try gradients(recomputes: false), try gradients(recomputes: true))
    #expect(!kept.isEmpty)
    #expect(Set(kept.keys) == Set(again.keys))
    for (name, numbers) in kept {
      // Of tensors that all layers share, derivatives are added in another order.
      let size = numbers.map(\.magnitude).max() ?? 0
      expectClose(again[name] ?? [], numbers, tolerance: 2e-6 * max(size, 1e-3))
    }
  }
}
