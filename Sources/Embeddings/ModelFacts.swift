import ModelFiles
import Tokenizers
import Vectors

/// What the files of a model settle that several of them may speak of, with the file that does, and
/// what others say against it.
struct ModelFacts {
  private(set) var facts: [Fact] = []
  private(set) var contradictions: [String] = []

  init(_ model: TextModel, _ pipeline: Pipeline) throws {
    if let entry = pipeline.entries.first?.entry, let settings = pipeline.tokenizer.settings {
      try readTokenizer(entry, settings, pipeline)
    }
    if let mode = model.list.pooling {
      facts.append(
        Fact(
          "pooling", mode.rawValue,
          from: mode == .mean ? "no modules.json: the default" : "config.json: architectures"))
    } else if let pooling = pipeline.entries.first(where: { $0.entry.kind == "Pooling" })?.entry {
      let modes = pipeline.modules.compactMap { $0 as? Pooling }.flatMap(\.modes)
      facts.append(
        Fact(
          "pooling", modes.map(\.rawValue).joined(separator: " + "),
          from: "\(pooling.path.isEmpty ? "" : pooling.path + "/")config.json"))
    }
    try readSettings(model)
  }

  private mutating func readTokenizer(
    _ entry: ModuleEntry, _ settings: TransformerSettings, _ pipeline: Pipeline
  ) throws {
    let config = try Transformer.configuration(entry)
    let tokenizer = try TokenizerFacts(
      folder: entry.folder.path, model: config, config: settings.tokenizerConfig(entry.folder),
      files: entry.folder.files)
    facts += tokenizer.facts
    contradictions += tokenizer.contradictions
    if settings.lowercasesFirst, let json = settings.json {
      facts.append(Fact("lower case first", "yes", from: "\(json.name): do_lower_case"))
    }
    for key in ["is_decoder", "is_causal", "use_bidirectional_attention"] {
      guard let value = try config.present(key) else { continue }
      facts.append(Fact("attention", "\(key) \(value.found)", from: "config.json: \(key)"))
    }
  }

  private mutating func readSettings(_ model: TextModel) throws {
    let name = TextModel.settingsName
    guard try model.folder.has(name) else { return }
    guard !model.list.isBare, let json = try model.folder.objectIfPresent(name) else {
      contradictions.append(
        "\(name) is not read where there is no modules.json, as in sentence-transformers")
      return
    }
    if let prompt = try json.present("default_prompt_name") {
      facts.append(Fact("default prompt", prompt.found, from: "\(name): default_prompt_name"))
    }
    if let similarity = try json.present("similarity_fn_name") {
      let used = model.comparison.name(model.modelKind)
      facts.append(Fact("similarity", used, from: "\(name): similarity_fn_name"))
      if try similarity.string().lowercased() != used {
        contradictions.append(
          "\(name): similarity_fn_name is \(similarity.found), which is not known; "
            + "\(used) is used, as in sentence-transformers")
      }
    }
  }
}
