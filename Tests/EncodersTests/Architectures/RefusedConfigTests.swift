import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders

/// What config.json cannot have is refused with the file's name and the reason, at once.
@Suite struct RefusedConfigTests {
  /// A recorded model, a member of its config.json with another value, and words of the message.
  private static let cases: [(model: String, key: String, value: String, words: [String])] = [
    ("albert", "num_hidden_groups", "0", ["between 1 and"]),
    ("albert", "num_hidden_groups", "5", ["at most `num_hidden_layers`, 4"]),
    ("albert", "num_hidden_groups", "3", ["albert_layer_groups.2"]),
    ("albert", "inner_group_num", "0", ["between 1 and"]),
    ("albert", "inner_group_num", "100000", ["at most 4096"]),
    ("albert", "embedding_size", "24", ["[50, 16], should be [50, 24]"]),
    ("albert", "pad_token_id", "50", ["below `vocab_size`, 50"]),
    ("electra", "embedding_size", "16.0", ["whole number"]),
    ("electra", "hidden_size", "25", ["embeddings_project"]),
    ("electra", "position_embedding_type", #""relative_key""#, ["only `absolute`"]),
    ("electra", "pad_token_id", "1099511627776", ["below `vocab_size`, 50"]),
    ("mpnet", "relative_attention_num_buckets", "16", ["only 32 are computed"]),
    ("mpnet", "num_attention_heads", "5", ["does not divide"]),
    ("mpnet", "num_attention_heads", "6", ["[32, 4], should be [32, 6]"]),
    ("mpnet", "max_position_embeddings", "1", ["padding id 1"]),
    ("mpnet", "pad_token_id", "50", ["below `vocab_size`, 50"]),
    ("xlm", "causal", "true", ["not computed"]),
    ("xlm", "is_encoder", "false", ["not computed"]),
    ("xlm", "emb_dim", "-24", ["between 1 and"]),
    ("xlm", "n_heads", "7", ["does not divide"]),
    ("xlm", "pad_token_id", "99", ["below `vocab_size`, 50"]),
    ("flaubert", "gelu_activation", "1", ["true or false"]),
    ("flaubert", "pre_norm", #""yes""#, ["true or false"]),
    ("flaubert", "n_layers", "3", ["attentions.2"]),
    ("xlnet", "attn_type", #""uni""#, ["only `bi`"]),
    ("xlnet", "bi_data", "true", ["not computed"]),
    ("xlnet", "d_model", "23", ["even"]),
    ("xlnet", "n_head", "0", ["between 1 and"]),
    ("xlnet", "d_head", "16777216", ["[4, 6], should be [4, 16777216]"]),
    ("xlnet", "clamp_len", "6.5", ["whole number"]),
    ("xlnet", "ff_activation", #""cos""#, ["known are"]),
    ("deberta", "max_relative_positions", "20", ["[48, 24], should be [40, 24]"]),
    ("deberta", "max_relative_positions", "1099511627776", ["between 1 and"]),
    ("deberta", "pos_att_type", #""p2p|c2p""#, ["only c2p and p2c"]),
    ("deberta", "talking_head", "true", ["not computed"]),
    ("deberta-v2", "position_buckets", "16", ["[16, 24], should be [32, 24]"]),
    ("deberta-v2", "position_buckets", "1", ["at least 2"]),
    ("deberta-v2", "max_relative_positions", "5", ["`position_buckets` is 8"]),
    ("deberta-v2", "pos_att_type", #"["c2p", "c2p"]"#, ["each once"]),
    ("deberta-v2", "pos_att_type", "3", ["a string"]),
    ("deberta-v2", "type_vocab_size", "-1", ["between 0 and"]),
    ("deberta-v2", "pad_token_id", "50", ["below `vocab_size`, 50"]),
    ("deberta-v2", "attention_head_size", "16777216", ["should be [67108864, 24]"]),
    ("deberta-v2-conv", "conv_kernel_size", "4", ["only odd"]),
    ("deberta-v2-conv", "conv_kernel_size", "5", ["[24, 24, 3], should be [24, 24, 5]"]),
    ("deberta-v2-conv", "conv_groups", "2", ["one group"]),
  ]

  @Test(arguments: cases) func isRefusedWithItsReason(
    model: String, key: String, value: String, words: [String]
  ) throws {
    let folder = Fixture.path("encoders/\(model)")
    let stored = try Data(contentsOf: URL(fileURLWithPath: folder + "/config.json"))
    var members = try #require(JSONSerialization.jsonObject(with: stored) as? [String: Any])
    members[key] = "@"
    let text = String(
      decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
    let changed = text.replacingOccurrences(of: "\"@\"", with: value)
    let config = try ModelConfig(JSON(Array(changed.utf8), name: "config.json"))
    let error = try #require(throws: FileError.self) {
      try Architectures.encoder(config, Weights(TensorFile(folder: folder)))
    }
    let named =
      error.description.contains("config.json") && words.allSatisfy(error.description.contains)
    #expect(named, "\(error.description)")
  }
}
