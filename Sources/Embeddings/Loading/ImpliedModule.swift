import ModelFiles

/// A module that no file lists, as a model's other files say that there is one.
struct ImpliedModule: Sendable {
  let kind: String
  let configuration: JSON
  /// The file of its weights in its folder; `nil` for the one that a folder's weights lie in.
  var weightsFile: String?
}

/// What a network is asked for, by the names that sentence-transformers has in `transformer_task`.
enum NetworkTask: String, CaseIterable, Sendable {
  case features = "feature-extraction"
  case classification = "sequence-classification"
  case maskedLanguage = "fill-mask"
  case generation = "text-generation"

  /// The module that stands for the network's head.
  var head: String? {
    switch self {
    case .features: nil
    case .classification: "Classification"
    case .maskedLanguage: "VocabularyLogits"
    case .generation: "CausalLogits"
    }
  }

  var outputs: NetworkOutputs {
    switch self {
    case .features: NetworkOutputs(output: "last_hidden_state", module: "token_embeddings")
    case .classification: NetworkOutputs(output: "logits", module: "scores")
    case .maskedLanguage: NetworkOutputs(output: "logits", module: "token_embeddings")
    case .generation: NetworkOutputs(output: "logits", module: "causal_logits")
    }
  }

  /// The task of a Transformer module.
  init(_ settings: JSON?) throws {
    guard let value = try settings?.present("transformer_task") else {
      self = .features
      return
    }
    guard value.kind == .string, let task = NetworkTask(rawValue: try value.string()) else {
      let known = NetworkTask.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        "\(value.place) is \(value.found), which is not computed; computed are \(known)")
    }
    self = task
  }
}

/// What a network gives, by the names that files of sentence-transformers have for it.
struct NetworkOutputs: Sendable {
  /// What is called of transformers' class.
  var call = "forward"
  /// What that gives, by transformers' name, and what it is called from there on.
  let output, module: String
}

extension ModuleEntry {
  /// Whether its texts go through a network.
  var isNetwork: Bool { ["CLIPModel", "Transformer"].contains(kind) }

  /// The module, and behind it the head that its network's task implies.
  func withHead() throws -> [ModuleEntry] {
    guard kind == "Transformer" else { return [self] }
    var entry = self
    if task == .features {
      let file = isBare ? nil : try TransformerSettings.file(of: self)
      entry = with(try NetworkTask(file.flatMap { try folder.objectIfPresent($0) }))
    }
    guard let head = entry.task.head else { return [try entry.withTextsOfCLIP()] }
    let configuration = try Transformer.configuration(entry)
    return [entry, entry.implying(ImpliedModule(kind: head, configuration: configuration))]
  }

  /// The module that reads texts of a whole CLIP model, where its network is one.
  func withTextsOfCLIP() throws -> ModuleEntry {
    let config = try folder.network(for: "says what network the weights are for")
    return try config.string("model_type", default: "") == "clip" ? with("CLIPModel") : self
  }

  /// The module in a late-interaction model, where a Dense is over vectors of tokens unless its file says
  /// otherwise.
  func overTokens() throws -> ModuleEntry {
    let names = ["module_input_name", "module_output_name"]
    guard kind == "Dense", configuration == nil else { return self }
    let json = try Dense.configuration(self)
    guard names.allSatisfy({ json[$0] == nil }) else { return self }
    return implying(
      ImpliedModule(
        kind: kind,
        configuration: try folder.files.json(
          json.name, replacing: names.map { ($0, .string("token_embeddings")) })))
  }

  /// HierarchicalTokenPooling of documents, where a factor is asked for.
  func tokenPooling(_ factor: Double?) throws -> [ModuleEntry] {
    guard let factor else { return [] }
    let configuration = try JSON(
      [
        "pool_factor": .double(factor), "num_protected_tokens": 1, "normalize_embeddings": true,
        "tasks": ["document"],
      ],
      name: "--pool-factor")
    return [
      implying(ImpliedModule(kind: "HierarchicalTokenPooling", configuration: configuration))
    ]
  }
}
