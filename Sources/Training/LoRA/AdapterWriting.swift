import Embeddings
package import ModelFiles
package import Tensors

extension Adapter {
  /// The folder in a model's that the changes alone are written to: beside the merged weights, other
  /// programs would apply them once more.
  package static let folder = "adapter"

  /// Writes the changes alone, as peft does.
  /// - Parameters:
  ///   - numbers: A and B
  ///   - base: the name or the directory of the model that they are changes of
  package func write(
    _ numbers: [String: Tensor], base: String, to folder: any FolderWriting
  ) throws {
    let tensors = values.compactMap { value in numbers[value.name].map { (value.name, $0) } }
    try folder.writeSafetensors(
      "\(Self.folder)/\(AdapterFolder.weights)",
      tensors.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        .map { NewTensor($0.0, $0.1) })
    try folder.write("\(Self.folder)/\(AdapterFolder.settings)", settings(base: base).file)
  }

  /// peft's configuration: what it does not name is as peft has it where nothing is said.
  private func settings(base: String) -> JSONValue {
    [
      "alpha_pattern": [:], "auto_mapping": .null, "base_model_name_or_path": .string(base),
      "bias": "none", "exclude_modules": .null, "fan_in_fan_out": false, "inference_mode": true,
      "init_lora_weights": true, "layers_pattern": .null, "layers_to_transform": .null,
      "lora_alpha": Int(exactly: options.alpha).map { .int($0) } ?? .double(options.alpha),
      "lora_bias": false, "lora_dropout": .double(0), "modules_to_save": .null,
      "peft_type": "LORA", "r": .int(options.rank), "rank_pattern": [:], "revision": .null,
      "target_modules": .array(modules.map { .string($0) }), "task_type": "FEATURE_EXTRACTION",
      "use_dora": false, "use_rslora": .bool(options.isRankStabilized),
    ]
  }
}

extension Adapter {
  /// Refuses an adapter that was made for another model.
  /// - Parameter names: of the model: as it was asked for, as the hub knows it, its directory
  package static func check(_ folder: String, isFor names: [String]) throws {
    guard let base = try AdapterFile(folder).base else { return }
    let last = { (name: String) in lastName(of: name).lowercased() }
    guard !names.contains(where: { last($0) == last(base) }) else { return }
    throw FileError(
      "\(folder)/\(AdapterFolder.settings): the adapter was made for `\(base)`, and the model is "
        + "\(names.first ?? ""); start from the former (-m), or, if both are the same, name the latter "
        + "in `base_model_name_or_path`")
  }
}
