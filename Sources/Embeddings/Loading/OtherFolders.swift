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
}
