import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct ParametersTests {
  private static let names = [
    "embeddings.word_embeddings.weight", "embeddings.LayerNorm.weight",
    "encoder.layer.0.output.weight", "encoder.layer.1.output.weight",
    "encoder.layer.10.output.weight", "pooler.weight",
  ]

  private static func parameters(
    _ names: [String] = names, _ change: (inout TrainingOptions) -> Void
  ) throws -> Parameters {
    var options = TrainingOptions()
    change(&options)
    return try Parameters(
      model: names.map { ($0, Tensor([2], [1, 2])) },
      own: [("loss/classifier.weight", Tensor([2], [3, 4]))], options)
  }

  @Test(arguments: [
    (["embeddings"], [0, 1]), (["layers:0"], [2]), (["layers:0-1"], [2, 3]),
    (["layers:1-10"], [3, 4]), (["encoder.layer.1"], [3]), (["encoder.", "pooler"], [2, 3, 4, 5]),
    (["embeddings", "layers:10"], [0, 1, 4]), ([], []),
  ])
  func whatIsFrozenIsNotTracked(freeze: [String], frozen: [Int]) throws {
    let leaves = try Self.parameters { $0.freeze = freeze }.leaves()
    #expect(leaves.count == Self.names.count)
    let untracked = Self.names.indices.filter { leaves[Self.names[$0]]?.isTracked == false }
    #expect(untracked == frozen)
  }

  @Test(arguments: [
    ("shared.weight", true), ("encoder.embed_tokens.weight", true), ("embed_tokens.weight", true),
    ("distilbert.embeddings.word_embeddings.weight", true), ("emb_ln.bias", true),
    ("transformer.word_embedding.weight", true), ("embedding.weight", true),
    ("transformer.layer_norm_emb.weight", true), ("embeddings.norm.weight", true),
    ("encoder.embedding_hidden_mapping_in.weight", false), ("encoder.rel_embeddings.weight", false),
    ("embeddings_project.weight", false), ("encoder.relative_attention_bias.weight", false),
  ])
  func embeddingsAreTheTablesAndTheirNorms(name: String, isFrozen: Bool) throws {
    let all = [name, "encoder.layer.0.output.weight", "embeddings.x"]
    let leaves = try Self.parameters(all) { $0.freeze = ["embeddings"] }.leaves()
    #expect(leaves[name]?.isTracked == !isFrozen)
  }

  @Test(arguments: [
    ("encoder.block.2.layer.1.layer_norm.weight", 2),
    ("encoder.albert_layer_groups.1.albert_layers.0.ffn.weight", 1),
    ("transformer.attentions.3.q_lin.weight", 3), ("transformer.layer_norm1.3.bias", 3),
    ("layers.4.attn.Wqkv.weight", 4),
  ])
  func layersAreKnownByTheirLists(name: String, layer: Int) throws {
    for other in [layer, layer + 1] {
      let names = [name, "encoder.layer.\(layer + 1).x", "y"]
      let leaves = try Self.parameters(names) { $0.freeze = ["layers:\(other)"] }.leaves()
      #expect(leaves[name]?.isTracked == (other != layer))
    }
  }

  @Test(arguments: [
    ("encoder.layr", "did you mean `encoder.layer`?"), ("layers:11-12", "its layers are 0-10"),
    ("layers:a", "names no layers"), ("layers:3-1", "names no layers"), ("layers:-1", "names no"),
    ("layers:1-2-3", "names no layers"), ("xyz", "there are `embeddings.word_embeddings.weight`"),
  ])
  func aNameThatFitsNoTensorIsRefused(name: String, message: String) {
    for isFreeze in [true, false] {
      let error = #expect(throws: FileError.self) {
        _ = try Self.parameters {
          if isFreeze {
            $0.freeze = [name]
          } else {
            $0.learningRateOf = [.init(name: name, rate: 1)]
          }
        }
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func somethingIsLeftToTrain() {
    #expect(throws: FileError.self) {
      _ = try Self.parameters { $0.freeze = ["embeddings", "encoder", "pooler"] }
    }
  }

  @Test func theLastRateThatFitsHolds() throws {
    let parameters = try Self.parameters {
      $0.learningRate = 1
      $0.learningRateOf = [
        .init(name: "encoder", rate: 2), .init(name: "layers:1", rate: 3),
        .init(name: "loss/classifier.weight", rate: 4),
      ]
    }
    #expect(parameters.trained.map(\.rate) == [1, 1, 2, 3, 2, 1, 4])
    #expect(parameters.trained.map(\.weightDecay) == [0.01, 0, 0.01, 0.01, 0.01, 0.01, 0.01])
    #expect(parameters.trainedCount == 12)
    #expect(Array(parameters.weights().keys) == ["loss/classifier.weight"])
  }
}
