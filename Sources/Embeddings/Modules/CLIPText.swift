import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// The side of CLIP that reads texts (Radford et al., 2021): the vector of the token that ends a text,
/// through a matrix into the space that pictures have theirs in.
struct CLIPText: InputModule {
  let transformer: Transformer
  /// `[P, H]`
  private let projection: Linear
  private let end: RequestedStates
  let info: ModuleInfo

  static let hasWeights = true

  var tokenizer: ModelTokenizer { transformer.tokenizer }
  var attentionHeads: Int { transformer.attentionHeads }

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    transformer = try Transformer(source, tokenizer, options, giving: Self.outputs)
    let weights = try source.weights.with(options.precision.tensors)
    let (name, hidden) = ("text_projection.weight", transformer.encoder.hiddenSize)
    guard let shape = weights.shape(name), shape.count == 2, shape[0] >= 1 else {
      throw FileError(
        "\(source.path): the weights have no matrix `\(name)`, which a whole CLIP model has; one of its "
          + "text model alone says model_type `clip_text_model`")
    }
    projection = Linear(weight: try weights.matrix(name, shape[0], hidden), bias: nil)
    // Before 2023 files said 2, and the end was taken for the largest id.
    let id = try source.configuration.int("eos_token_id", default: 49_407)
    end = id == 2 ? .largest : .firstOf(Int32(clamping: id))
    info = ModuleInfo(
      summary: "CLIPModel: the texts' side, \(transformer.encoder.depth) layers, \(hidden) wide",
      output: .texts(shape[0]), products: transformer.info.products + [projection.product],
      warnings: transformer.info.warnings)
  }

  /// What sentence-transformers asks of the network, by transformers' names.
  private static let outputs = NetworkOutputs(
    call: "get_text_features", output: "pooler_output", module: "sentence_embedding")

  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try Transformer.configuration(entry)
  }

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    try ModelTokenizer(entry, configuration)
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    var features = transformer(texts, end, training: training, cancelled: cancelled)
    let layout = features.layout
    features.sentenceEmbedding = projection(
      features.tokenEmbeddings.rows(at: layout.first, as: layout.pooled))
    return features
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double {
    transformer.operations(tokens: tokens, end) + 2 * Double(projection.product.weights)
  }
}
