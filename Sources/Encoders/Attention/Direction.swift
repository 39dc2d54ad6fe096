import ModelFiles
import Tensors

/// Which way tokens look, by config.json, as `create_causal_mask` and its like in transformers 5.23
/// (masking_utils.py) have it.
extension ModelConfig {
  /// Whether a decoder is one: `is_causal` false lets every token see the whole text, as models
  /// that were made embedders of decoders say.
  func isCausal() throws -> Bool { try json.flag("is_causal", default: true) }

  /// What a token of a decoder sees.
  func decoderMask() throws -> AttentionMask { try isCausal() ? .causal : .all }

  /// What a token of a decoder sees where only those near it count.
  /// - Parameter width: tokens before it with itself; on either side of it where it sees both
  func decoderMask(window width: Int) throws -> AttentionMask {
    try isCausal() ? AttentionMask.window(width - 1).withoutFuture : .window(width)
  }

  /// What a token of BERT and its kin sees, which can be decoders: `is_decoder`.
  func encoderMask() throws -> AttentionMask {
    try json.flag("is_decoder", default: false) ? decoderMask() : .all
  }
}
