import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Modules in a line, from texts to what the model makes of them.
struct Pipeline: Sendable {
  /// Each module's entry, and the index of the step that it belongs to.
  let entries: [(step: Int, entry: ModuleEntry)]
  let input: any InputModule
  let modules: [any FeatureModule]
  /// The most tokens that are read of a text of which nothing is said; `nil` for all.
  let limit: Int?
  /// The most tokens that a user wants to be read of a text; `nil` for as many as the model reads.
  var asked: Int?
  /// The files that hold the modules' weights.
  let files: [TensorFile]

  var tokenizer: ModelTokenizer { input.tokenizer }

  /// The most tokens that are read of a text on that side; `nil` for all.
  func mostTokens(_ side: TextSide?) throws -> Int? {
    try tokenizer.limit(asked: asked, side: side)
  }

  var info: [ModuleInfo] { [input.info] + modules.map(\.info) }
  /// What it makes of a text.
  var kind: OutputKind { (modules.last?.info ?? input.info).output.kind }
  /// The numbers in a row of what it makes.
  var width: Int { kind.width }

  /// How long a text may be that has no limit, or a large one.
  var bound: TextBound { TextBound(heads: input.attentionHeads, rowBytes: rowBytes) }

  /// The bytes that a token takes at once, about: what two steps read and write.
  private var rowBytes: Int {
    let perToken = info.filter { $0.output.owner == .tokens }
    let products = perToken.flatMap(\.products).map { $0.inputs + $0.outputs }
    // All layers' outputs stay where a module looks at them.
    let layers = requested == .layers ? input.info.output.layers * input.info.output.width : 0
    return (products + perToken.map(\.output.width)).reduce(layers, max)
      * 2 * MemoryLayout<Float>.stride
  }

  /// What the modules after the first look at: one token of each text, where the module next to the
  /// network takes no other.
  private var requested: RequestedStates {
    modules.contains { $0.info.requested == .layers }
      ? .layers : modules.first?.info.requested ?? .all
  }

  /// Whether every vector has length 1.
  var endsInNormalize: Bool { modules.last is Normalize }

  /// The same without a Normalize at its end.
  var beforeNormalize: Pipeline {
    Pipeline(
      entries: entries.dropLast(endsInNormalize ? 1 : 0), input: input,
      modules: modules.dropLast(endsInNormalize ? 1 : 0), limit: limit, asked: asked,
      files: files)
  }

  /// The modules that give a row for each token, up to the first that does not; `nil` where there is
  /// none.
  var ofTokens: Pipeline? {
    guard input.info.output.owner == .tokens else { return nil }
    let kept = modules.prefix { $0.info.output.owner == .tokens }
    return Pipeline(
      entries: Array(entries.prefix(1 + kept.count)), input: input, modules: Array(kept),
      limit: limit, asked: asked, files: files)
  }

  /// What the modules make of B texts.
  /// - Parameters:
  ///   - promptLength: the tokens of each text that come from a prompt
  ///   - side: what the texts are, where modules treat queries and documents differently
  ///   - training: the pass that is made for training, if it is for that
  ///   - cancelled: once it is true, what comes out may be nothing
  func callAsFunction(
    _ texts: [Encoding], promptLength: Int, side: TextSide? = nil, training: TrainingPass? = nil,
    cancelled: @escaping Cancellation = { false }
  ) -> Features {
    var features = input(texts, requested, training: training, cancelled: cancelled)
    (features.promptLength, features.side) = (promptLength, side)
    features.training = training
    return made(of: features)
  }

  /// The vectors that the modules make of B texts by the network's last layer, and beside them those
  /// that lower layers would give, as if the network ended there.
  /// - Parameter layers: their numbers; 0 is what goes into the first
  /// - Shapes: → `[B, E + E · layers]`
  func vectors(
    _ texts: [Encoding], promptLength: Int, training: TrainingPass, layers: [Int]
  ) -> Tensor {
    guard !layers.isEmpty else {
      return self(texts, promptLength: promptLength, training: training).vectors
    }
    var features = input(texts, .layers, training: training, cancelled: { false })
    (features.promptLength, features.training) = (promptLength, training)
    let states = [features.tokenEmbeddings] + layers.map { features.layers[$0] }
    return .concatenate(
      states.map { state in
        features.tokenEmbeddings = state
        return made(of: features).vectors
      })
  }

  /// What the modules after the first make of what it gave.
  private func made(of features: Features) -> Features {
    var features = features
    for (index, module) in modules.enumerated() {
      features.training?.layer = index + 1
      features = module(features)
    }
    return features
  }

  /// Floating-point operations for a text with this many tokens: 2 for each weight that each of
  /// its rows meets, and what the first module does beside products.
  func operations(tokens: Int) -> Double {
    modules.reduce(input.operations(tokens: tokens, requested)) { sum, module in
      let rows = module.info.output.owner == .tokens ? tokens : 1
      return module.info.products.reduce(sum) { $0 + 2 * Double(rows) * Double($1.weights) }
    }
  }

  /// The products of all modules, for measuring against.
  var products: [ProductShape] { info.flatMap(\.products) }
}
