import ModelFiles

/// What a directory without modules.json is taken for: by `architectures` in config.json, as
/// sentence-transformers does, and by what is asked of it where that leaves it open.
struct BareModel {
  let entries: [ModuleEntry]
  let kind: KindOfModel
  /// How token vectors become one, where they do.
  var pooling: Pooling.Mode?
  /// What a user should know of a kind that was forced.
  var notice: String?

  private let config: JSON
  private let architectures: [String]

  /// - Parameters:
  ///   - asked: the kind that the user says it is
  ///   - needed: the kind that who reads it takes no other than
  init(
    _ folder: ModelFolder, asked: ModelKind?, needed: ModelKind?, poolFactor: Double?
  ) throws {
    guard try folder.files.has(folder.networkConfiguration) else {
      throw FileError(
        "\(folder.path): neither \(ModuleList.fileName) nor config.json; not a model directory")
    }
    config = try folder.network(for: "says what the model is")
    if try folder.isModel2Vec(config) {
      guard asked == nil || asked == .dense else {
        throw ModelKind.dense.refusal("\(folder.path)", asked: asked ?? .dense)
      }
      let isNormalized = try config.bool("normalize", default: false)
      architectures = []
      entries = (["StaticEmbedding"] + (isNormalized ? ["Normalize"] : [])).map {
        ModuleEntry(bare: $0, folder)
      }
      kind = KindOfModel(.dense, "config.json: model_type")
      return
    }
    architectures =
      try config.present("architectures")?.array().elements.map { try $0.string() } ?? []
    let own = try Self.kind(config, architectures)
    let first = architectures.first ?? ""
    if let needed, (asked ?? own.kind) != needed { throw own.refusal(folder, asked: needed) }
    switch asked ?? own.kind {
    case .dense:
      kind = own.kind == .dense ? own : KindOfModel(.dense, "--type")
      let isCausal = try config.flag("is_causal", default: true)
      entries = [try ModuleEntry(bare: "Transformer", folder).withTextsOfCLIP()]
      if entries[0].kind == "Transformer" {
        pooling = first.hasSuffix("ForCausalLM") && isCausal ? .lastToken : .mean
      }
      if own.kind != .dense {
        notice =
          "\(config.name): the model is \(own.kind.phrase) (\(own.origin)); as --type dense asks, the "
          + "mean of its tokens' vectors is taken, which it was not trained for"
      }
    case .sparse: (kind, entries) = try Self.sparse(folder, own, architectures)
    case .multi: (kind, entries) = try Self.multi(folder, own, config, poolFactor)
    case .rerank: (kind, entries) = try Self.reranker(folder, own, first)
    }
  }

  /// What config.json says that the model is; dense where it leaves it open.
  private static func kind(_ config: JSON, _ architectures: [String]) throws -> KindOfModel {
    for name in architectures {
      if name.hasSuffix("ForSequenceClassification") {
        return KindOfModel(.rerank, "config.json: architectures, \(name)")
      }
      if name.contains("ColBERT") {
        return KindOfModel(.multi, "config.json: architectures, \(name)")
      }
    }
    // A CrossEncoder keeps its activation there, by an old name or a new one.
    for (key, origin) in try ScoreActivation.places(in: config) where key != nil {
      return KindOfModel(.rerank, origin)
    }
    return KindOfModel(
      .dense, architectures.first.map { "config.json: architectures, \($0)" } ?? "config.json")
  }

  private static func sparse(
    _ folder: ModelFolder, _ own: KindOfModel, _ architectures: [String]
  ) throws -> (KindOfModel, [ModuleEntry]) {
    let transformer = ModuleEntry(bare: "Transformer", folder)
    if let entries = try m3(.sparse, transformer, own) {
      return (KindOfModel(.sparse, "--type"), entries)
    }
    guard own.kind == .dense else { throw own.refusal(folder, asked: .sparse) }
    guard architectures.contains(where: { $0.hasSuffix("ForMaskedLM") }) else {
      throw FileError(
        "\(folder.path): a sparse model without \(ModuleList.fileName) is a masked language model, "
          + "and config.json names \(architectures.first.map { "`\($0)`" } ?? "no architecture"), "
          + "not …ForMaskedLM: sentence-transformers would make up its head at random; name a sparse "
          + "model")
    }
    let pooling = try JSON(
      ["pooling_strategy": "max", "activation_function": "relu"], name: folder.path)
    return (
      KindOfModel(.sparse, "--type"),
      try transformer.with(.maskedLanguage).withHead()
        + [transformer.implying(ImpliedModule(kind: "SpladePooling", configuration: pooling))]
    )
  }

  private static func multi(
    _ folder: ModelFolder, _ own: KindOfModel, _ config: JSON, _ poolFactor: Double?
  ) throws -> (KindOfModel, [ModuleEntry]) {
    var transformer = ModuleEntry(bare: "Transformer", folder)
    if let entries = try m3(.multi, transformer, own) {
      return (
        KindOfModel(.multi, "--type"), try entries + transformer.tokenPooling(poolFactor)
      )
    }
    guard own.kind == .multi else {
      guard own.kind == .dense else { throw own.refusal(folder, asked: .multi) }
      throw FileError(
        "\(folder.path): config.json names no late-interaction model (HF_ColBERT), and there is no "
          + "\(ModuleList.fileName): its vectors would lack the projection that such a model has; name a "
          + "late-interaction model")
    }
    guard
      let late = try LateInteraction.read(folder, settings: nil, transformer: nil, config: config)
    else {
      throw FileError(
        "\(folder.path) (\(own.origin)): a late-interaction model of a kind that is not read; read are "
          + "HF_ColBERT and models with \(ModuleList.fileName)")
    }
    transformer.lateInteraction = late
    let implied = try late.implied(folder, config: config)
    return (
      own,
      try [transformer] + implied.map(transformer.implying)
        + transformer.tokenPooling(poolFactor)
    )
  }

  /// The network and one of bge-m3's other heads, where the folder has it.
  private static func m3(
    _ kind: ModelKind, _ transformer: ModuleEntry, _ own: KindOfModel
  ) throws -> [ModuleEntry]? {
    guard own.kind == .dense, try M3Heads.kinds(transformer.folder).contains(kind) else {
      return nil
    }
    return try [transformer]
      + M3Heads.modules(kind, transformer.folder).map(transformer.implying)
  }

  private static func reranker(
    _ folder: ModelFolder, _ own: KindOfModel, _ first: String
  ) throws -> (KindOfModel, [ModuleEntry]) {
    let transformer = ModuleEntry(bare: "Transformer", folder)
    if own.kind == .rerank, !first.hasSuffix("ForCausalLM") {
      return (own, try transformer.with(.classification).withHead())
    }
    guard own.kind != .multi else { throw own.refusal(folder, asked: .rerank) }
    guard first.hasSuffix("ForCausalLM") else {
      throw FileError(
        "\(folder.path): the model is no reranker: config.json names "
          + "\(first.isEmpty ? "no architecture" : "`\(first)`"), neither "
          + "…ForSequenceClassification nor …ForCausalLM, and sentence-transformers would make up its "
          + "head at random; name a reranker")
    }
    // Without a word about it, a language model answers whether a document is relevant.
    let words = try JSON(["true_token": "yes", "false_token": "no"], name: folder.path)
    return (
      own.kind == .rerank ? own : KindOfModel(.rerank, "config.json: architectures, \(first)"),
      try transformer.with(.generation).withHead()
        + [transformer.implying(ImpliedModule(kind: "LogitScore", configuration: words))]
    )
  }
}

extension KindOfModel {
  /// The error where the model in a folder was taken for one of another kind.
  func refusal(_ folder: ModelFolder, asked: ModelKind) -> FileError {
    kind.refusal("\(folder.path) (\(origin))", asked: asked)
  }
}
