import ModelFiles

/// Folders that hold something else than a model of sentence-transformers.
extension ModelFolder {
  /// Whether the folder is one of model2vec: a config.json that says so, or one from before it did
  /// beside a lone table of vectors.
  func isModel2Vec(_ config: JSON) throws -> Bool {
    if let type = config["model_type"], !type.isNull { return type.isString("model2vec") }
    guard try TensorFile.isStored(in: path) else { return false }
    return try TensorFile(folder: path).names.contains("embeddings")
  }

  /// Refuses a network with an adapter beside it, which changes its weights.
  func checkAdapter() throws {
    let name = "adapter_config.json"
    guard let adapter = try objectIfPresent(name) else { return }
    let base = adapter["base_model_name_or_path"].map { " for \($0.found)" } ?? ""
    throw FileError(
      "\(adapter.name): the folder holds an adapter (\(adapter["peft_type"]?.found ?? "PEFT"))\(base), "
        + "which is not applied here, and without it the vectors are another model's; merge it into "
        + "the weights (`merge_and_unload()` in Python's peft) and save the whole model")
  }
}
