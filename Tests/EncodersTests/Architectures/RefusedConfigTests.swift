import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders

/// What config.json cannot have is refused with the reason, at once.
@Suite struct RefusedConfigTests {
  /// A recorded model, a member of its config.json with another value, and the message. It is about
  /// config.json unless it begins with `FOLDER`, the folder of the model.
  private static let cases: [(model: String, key: String, value: String, message: String)] = [
    (
      "albert", "num_hidden_groups", "0",
      "`num_hidden_groups` should be between 1 and 16777216, is 0"
    ),
    (
      "albert", "num_hidden_groups", "5",
      "`num_hidden_groups` is 5, should be at most `num_hidden_layers`, 4"
    ),
    (
      "albert", "num_hidden_groups", "3",
      "FOLDER/model.safetensors: no tensor "
        + "`albert.encoder.albert_layer_groups.2.albert_layers.0.attention.query.weight`, which "
        + "config.json's model_type needs with the shape [24, 24]"
    ),
    (
      "albert", "inner_group_num", "0",
      "`inner_group_num` should be between 1 and 16777216, is 0"
    ),
    (
      "albert", "inner_group_num", "100000",
      "`inner_group_num` is 100000, should be at most 4096"
    ),
    (
      "albert", "num_hidden_layers", "257",
      "`num_hidden_layers` is 257 and `inner_group_num` 2, should be at most 256, and at most 4096 "
        + "layers in all"
    ),
    (
      "albert", "inner_group_num", "1025",
      "`num_hidden_layers` is 4 and `inner_group_num` 1025, should be at most 256, and at most 4096 "
        + "layers in all"
    ),
    (
      "albert", "intermediate_size", "262145",
      "`intermediate_size` is 262145, should be at most 262144"
    ),
    (
      "t5", "relative_attention_num_buckets", "1",
      "`relative_attention_num_buckets` is 1, should be at least 2: half of them are for either side"
    ),
    (
      "albert", "embedding_size", "24",
      "FOLDER/model.safetensors: tensor `albert.embeddings.word_embeddings.weight` is [50, "
        + "16], should be [50, 24] by config.json"
    ),
    (
      "albert", "pad_token_id", "50",
      "`pad_token_id` is 50, should be below `vocab_size`, 50"
    ),
    (
      "electra", "embedding_size", "16.0",
      "`embedding_size` should be a whole number, is 16.0"
    ),
    (
      "electra", "hidden_size", "25",
      "FOLDER/model.safetensors: tensor `electra.embeddings_project.weight` is [24, 16], "
        + "should be [25, 16] by config.json"
    ),
    (
      "electra", "position_embedding_type", #""relative_key""#,
      "`position_embedding_type` is `relative_key`; only `absolute` is computed"
    ),
    (
      "electra", "pad_token_id", "1099511627776",
      "`pad_token_id` is 1099511627776, should be below `vocab_size`, 50"
    ),
    (
      "mpnet", "relative_attention_num_buckets", "16",
      "`relative_attention_num_buckets` is 16; only 32 are computed"
    ),
    (
      "mpnet", "num_attention_heads", "5",
      "`num_attention_heads` is 5, which does not divide the hidden size 24"
    ),
    (
      "mpnet", "num_attention_heads", "6",
      "FOLDER/model.safetensors: tensor `encoder.relative_attention_bias.weight` is [32, 4], "
        + "should be [32, 6] by config.json"
    ),
    (
      "mpnet", "max_position_embeddings", "1",
      "`max_position_embeddings` is 1 and `vocab_size` 50; positions count from the padding "
        + "id 1 on, so both should be larger"
    ),
    (
      "mpnet", "pad_token_id", "50",
      "`pad_token_id` is 50, should be below `vocab_size`, 50"
    ),
    (
      "xlm", "causal", "true",
      "`causal` is true, which is not computed; it should be false"
    ),
    (
      "xlm", "is_encoder", "false",
      "`is_encoder` is false, which is not computed; it should be true"
    ),
    (
      "xlm", "emb_dim", "-24",
      "`emb_dim` should be between 1 and 16777216, is -24"
    ),
    (
      "xlm", "n_heads", "7",
      "`n_heads` is 7, which does not divide the hidden size 24"
    ),
    (
      "xlm", "pad_token_id", "99",
      "`pad_token_id` is 99, should be below `vocab_size`, 50"
    ),
    (
      "flaubert", "gelu_activation", "1",
      "`gelu_activation` should be true or false, is 1"
    ),
    (
      "flaubert", "pre_norm", #""yes""#,
      "`pre_norm` should be true or false, is \"yes\""
    ),
    (
      "flaubert", "n_layers", "3",
      "FOLDER/model.safetensors: no tensor `transformer.attentions.2.q_lin.weight`, which "
        + "config.json's model_type needs with the shape [24, 24]"
    ),
    (
      "xlnet", "attn_type", #""uni""#,
      "`attn_type` is `uni`; only `bi` is computed"
    ),
    (
      "xlnet", "bi_data", "true",
      "`bi_data` is true, which is not computed; it should be false"
    ),
    (
      "xlnet", "d_model", "23",
      "`d_model` is 23, should be even for sinusoids"
    ),
    (
      "xlnet", "n_head", "0",
      "`n_head` should be between 1 and 16777216, is 0"
    ),
    (
      "xlnet", "d_head", "16777216",
      "`d_head` is 16777216, should be at most 262144"
    ),
    (
      "xlnet", "clamp_len", "6.5",
      "`clamp_len` should be a whole number, is 6.5"
    ),
    (
      "xlnet", "ff_activation", #""cos""#,
      "`ff_activation` is `cos`, which is not known; known are gelu, gelu_new, "
        + "gelu_pytorch_tanh, quick_gelu, relu, sigmoid, silu, swish, tanh"
    ),
    (
      "deberta", "max_relative_positions", "20",
      "FOLDER/model.safetensors: tensor `deberta.encoder.rel_embeddings.weight` is [48, 24], "
        + "should be [40, 24] by config.json"
    ),
    (
      "deberta", "max_relative_positions", "1099511627776",
      "`max_relative_positions` should be between 1 and 16777216, is 1099511627776"
    ),
    (
      "deberta", "pos_att_type", #""p2p|c2p""#,
      "`pos_att_type` is [\"p2p\", \"c2p\"]; only c2p and p2c are computed, each once"
    ),
    (
      "deberta", "talking_head", "true",
      "`talking_head` is true, which is not computed; it should be false"
    ),
    (
      "deberta-v2", "position_buckets", "16",
      "FOLDER/model.safetensors: tensor `deberta.encoder.rel_embeddings.weight` is [16, 24], "
        + "should be [32, 24] by config.json"
    ),
    (
      "deberta-v2", "position_buckets", "1",
      "`position_buckets` is 1, should be at least 2, and half of it below the farthest "
        + "distance, 47"
    ),
    (
      "deberta-v2", "max_relative_positions", "5",
      "`position_buckets` is 8, should be at least 2, and half of it below the farthest "
        + "distance, 4"
    ),
    (
      "deberta-v2", "pos_att_type", #"["c2p", "c2p"]"#,
      "`pos_att_type` is [\"c2p\", \"c2p\"]; only c2p and p2c are computed, each once"
    ),
    (
      "deberta-v2", "pos_att_type", "3",
      "`pos_att_type` should be a string, is 3"
    ),
    (
      "deberta-v2", "type_vocab_size", "-1",
      "`type_vocab_size` should be between 0 and 16777216, is -1"
    ),
    (
      "deberta-v2", "pad_token_id", "50",
      "`pad_token_id` is 50, should be below `vocab_size`, 50"
    ),
    (
      "deberta-v2", "attention_head_size", "16777216",
      "`attention_head_size` is 16777216, should be at most 262144"
    ),
    (
      "deberta-v2-conv", "conv_kernel_size", "4",
      "`conv_kernel_size` is 4 and `conv_groups` 1; only odd widths and one group are "
        + "computed"
    ),
    (
      "deberta-v2-conv", "conv_kernel_size", "5",
      "FOLDER/model.safetensors: tensor `encoder.conv.conv.weight` is [24, 24, 3], should be "
        + "[24, 24, 5] by config.json"
    ),
    (
      "deberta-v2-conv", "conv_groups", "2",
      "`conv_kernel_size` is 3 and `conv_groups` 2; only odd widths and one group are "
        + "computed"
    ),
  ]

  @Test(arguments: cases) func isRefusedWithItsReason(
    model: String, key: String, value: String, message: String
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
    let expected =
      message.hasPrefix("FOLDER")
      ? message.replacingOccurrences(of: "FOLDER", with: folder) : "config.json: \(message)"
    #expect(error.description == expected)
  }
}
