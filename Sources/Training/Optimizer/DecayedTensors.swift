/// Whether weight decay makes a tensor smaller: matrices and tables, but no biases and no norms.
///
/// transformers' Trainer (`get_decay_parameter_names`) goes by names too, and leaves out all that
/// is in an `nn.LayerNorm`; here names alone say what such a module is called.
func isDecayed(_ name: String) -> Bool {
  let name = name.lowercased()
  // T5's and MPNet's `relative_attention_bias` is a table, but not decayed there either.
  if ["bias", "layernorm", "rmsnorm"].contains(where: { name.contains($0) }) { return false }
  return !name.split(whereSeparator: { $0 == "." || $0 == "/" }).contains(where: isNorm)
}

/// Whether a part of a name is a norm's: `norm` and `attn_norm`, which the reference knows by name;
/// `norm1` (NomicBERT), `emb_ln`, `attn_ln` (GTE), `layer_norm_emb` (XLM), which it knows by their
/// class.
private func isNorm(_ part: Substring) -> Bool {
  var word = part
  while word.last?.isNumber == true { word.removeLast() }
  return word == "norm" || word == "ln" || word.hasSuffix("_norm") || word.hasSuffix("_ln")
    || word.hasPrefix("ln_") || word.hasPrefix("layer_norm")
}
