import ModelFiles

/// What a model's files say that it is, where that is no embedding model: its vectors would be
/// another model's, and nothing would look wrong.
extension ModelFolder {
  /// Refuses a network without modules.json that was made for something else than vectors of texts.
  /// - Parameter config: config.json
  func checkKind(_ config: JSON) throws {
    let architectures =
      try config.present("architectures")?.array().elements.map {
        try $0.string()
      } ?? []
    for name in architectures {
      if name.hasSuffix("ForSequenceClassification") {
        throw FileError(
          "\(config.name): `architectures` names \(name), a reranker or classifier: it scores a text, "
            + "or a pair of texts, and gives no vector; such models are not computed yet. Name an "
            + "embedding model")
      }
      if name.contains("ColBERT") {
        throw FileError(
          "\(config.name): `architectures` names \(name), a late-interaction model: it gives each "
            + "token of a text a vector, which is not computed yet, and their mean would mean "
            + "nothing. Name an embedding model")
      }
    }
    // A CrossEncoder keeps its activation there, by an old name or a new one.
    let later = try config.present("sentence_transformers")
    let activation = try later?.kind == .object ? later?.present("activation_fn") : nil
    let older = try config.present("sbert_ce_default_activation_function")
    guard activation == nil, older == nil else {
      throw FileError(
        "\(config.name): the model is a CrossEncoder, which scores pairs of texts and gives no "
          + "vector; name an embedding model")
    }
  }

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
