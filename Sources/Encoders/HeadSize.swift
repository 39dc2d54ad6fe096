import ModelFiles

extension ModelConfig {
  /// D, the columns of a head: `head_dim`, or where the file has none, those that `hidden` columns
  /// give each of the heads.
  func headSize(hidden: Int) throws -> Int {
    try json.present("head_dim") == nil
      ? hidden / heads("num_attention_heads", hidden: hidden) : width("head_dim")
  }
}
