import ModelFiles
package import Tensors

/// A Dense module in the making: y = W x + b, without an activation.
package struct NewDense {
  /// `[outputs, inputs]`
  private let weight: Tensor
  /// `[outputs]`
  private let bias: Tensor

  /// - Shapes: `[outputs, inputs]`, `[outputs]`
  package init(weight: Tensor, bias: Tensor) {
    precondition(bias.count == weight.rows, "\(bias.shape) for \(weight.shape)")
    (self.weight, self.bias) = (weight, bias)
  }

  /// Writes the module's files.
  /// - Parameters:
  ///   - module: its folder, relative
  ///   - isLate: whether the directory is of sentence-transformers 5.4 or later
  func write(to folder: any FolderWriting, as module: String, isLate: Bool) throws {
    var config: [(String, JSONValue)] = [
      ("in_features", .int(weight.columns)), ("out_features", .int(weight.rows)), ("bias", true),
      ("activation_function", "torch.nn.modules.linear.Identity"),
    ]
    if isLate {
      config += ["module_input_name", "module_output_name"].map { ($0, "sentence_embedding") }
    }
    try folder.write("\(module)/config.json", JSONValue.object(config).file)
    try folder.writeSafetensors(
      "\(module)/model.safetensors",
      [NewTensor("linear.bias", bias), NewTensor("linear.weight", weight)])
  }
}
