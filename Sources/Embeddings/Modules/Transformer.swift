import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Text → tokens → one vector a token, by a network.
struct Transformer: InputModule {
  let tokenizer: ModelTokenizer
  let encoder: Encoder
  /// `model_type` of config.json.
  let architecture: String
  let info: ModuleInfo
  let rates: DropoutRates

  static let hasWeights = true

  var attentionHeads: Int { encoder.attentionHeads }

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    try self.init(source, tokenizer, options, giving: nil)
  }

  /// - Parameter outputs: what the files may say that the network is asked for; by default what its task
  ///   has
  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions,
    giving outputs: NetworkOutputs?
  ) throws {
    let config = source.configuration
    architecture = try config.string("model_type")
    let weights = try source.weights.with(options.precision.tensors)
    encoder = try Architectures.encoder(
      ModelConfig(config), weights.noting(Self.ownCode(config)))
    rates = try DropoutRates(ModelConfig(config))
    let tokenizer = try tokenizer.value
    try tokenizer.settings?.checkNetwork(outputs ?? tokenizer.task.outputs)
    self.tokenizer = try tokenizer.limited(to: encoder.longestSequence)
      .checked(below: encoder.vocabularySize)
    try Self.check(tokenizer, encoder, source.path)
    // 500 thousand million weights: layers may share them, so that a small file asks for as much.
    guard encoder.operations(tokens: 1) <= 0x1p40 else {
      throw FileError(
        "\(config.name): the network takes more than 2^40 operations for each token, which no model "
          + "that is known comes near; look for a number of layers that cannot be")
    }
    // transformers gives every layer's output only where config.json asks for it.
    let givesLayers = try config.bool("output_hidden_states", default: false)
    let width = encoder.hiddenSize
    guard !givesLayers || encoder.isOfOneWidth else {
      throw FileError(
        "\(config.name): `output_hidden_states` is true, but lower layers of this network are not "
          + "\(width) wide as its end is, so that none can be taken in its place; set it to false")
    }
    info = ModuleInfo(
      summary: "Transformer: \(architecture), \(encoder.depth) layers, \(width) wide",
      output: .tokens(
        width, vocabulary: encoder.vocabularySize, layers: givesLayers ? encoder.depth + 1 : 0),
      products: encoder.products)
  }

  /// Code of the model's own, which may be why weights lack a tensor.
  private static func ownCode(_ config: JSON) throws -> String? {
    try config.present("auto_map")?["AutoModel"].map { code in
      "config.json replaces the network by code of the model's own (auto_map: \(code.found)), which "
        + "is not run"
    }
  }

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    try ModelTokenizer(entry, configuration)
  }

  /// config.json, with the arguments that sentence_bert_config.json has for it. Before 2020 it did
  /// not say `model_type`; then the module's class does.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    let folder = entry.folder
    let config = try folder.network(for: "says what network the weights are for")
    var fields = try TransformerSettings(entry).configFields(of: config)
    if let type = entry.formerType, config["model_type"] == nil {
      fields.append(("model_type", .string(type)))
    }
    for (other, key) in try Architectures.aliases(of: config.string("model_type", default: "")) {
      if let value = try config.present(other) { fields.append((key, JSONValue(value))) }
    }
    let read = try folder.files.json(folder.networkConfiguration, replacing: fields).object()
    // Of a model that takes pictures and sounds too, what reads text.
    guard try ["clip", "embedding_gemma2"].contains(read.string("model_type", default: "")) else {
      return read
    }
    return try read.value("text_config").object()
  }

  /// Refuses a tokenizer whose ids or segments the network has no rows for.
  private static func check(
    _ tokenizer: ModelTokenizer, _ encoder: Encoder, _ folder: String
  ) throws {
    let pieces = tokenizer.network?.pieceCount ?? 0
    guard pieces <= encoder.vocabularySize else {
      throw FileError(
        "\(folder): tokenizer.json has ids up to \(pieces - 1), but the embedding table has "
          + "\(encoder.vocabularySize) rows; they are not of the same model")
    }
    let segments = tokenizer.network?.segmentCount ?? 1
    guard segments <= encoder.segmentCount else {
      throw FileError(
        "\(folder): tokenizer.json has segments (type_id) up to \(segments - 1), but their "
          + "table has \(encoder.segmentCount) rows; they are not of the same model")
    }
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    let batch = TokenBatch(
      texts.map { (ids: $0.ids, segments: $0.segments) }, hidden: texts.map(\.hidden),
      hasSegments: tokenizer.hasSegments,
      training: training?.with(rates), cancelled: cancelled)
    switch requested {
    case .all:
      return Features(layout: batch.layout, ids: batch.ids, tokenEmbeddings: encoder(batch))
    case .layers:
      let layers = encoder.hiddenStates(batch)
      return Features(
        layout: batch.layout, ids: batch.ids, tokenEmbeddings: layers[layers.count - 1],
        layers: layers)
    case .first, .last, .lastOther, .firstOf, .largest:
      let queries = requested.rows(batch.layout, batch.ids)
      let layout = queries.alone
      return Features(
        layout: layout, ids: [Int32](repeating: 0, count: layout.rows),
        tokenEmbeddings: encoder(batch, queries: queries))
    }
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double {
    switch requested {
    case .all, .layers: encoder.operations(tokens: tokens)
    case .first, .last, .lastOther, .firstOf, .largest:
      encoder.operations(tokens: tokens, queries: 1)
    }
  }
}

extension RequestedStates {
  /// The rows that are looked at.
  /// - Parameter ids: of N rows
  func rows(_ layout: SequenceLayout, _ ids: [Int32]) -> SequenceLayout {
    switch self {
    case .all, .layers: layout
    case .first: layout.first
    case .last: layout.last
    case .lastOther(let id): layout.last { ids[$0] != id }
    case .firstOf(let id): layout.one { rows in rows.first { ids[$0] == id } }
    case .largest: layout.one { rows in rows.max { ids[$0] < ids[$1] } }
    }
  }
}
