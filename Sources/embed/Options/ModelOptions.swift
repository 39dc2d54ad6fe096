import ArgumentParser
import Embeddings
import Machine
import Tensors

/// Which model is meant.
struct ModelName: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model's directory or name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var model: String?

  @OptionGroup var type: KindOption
  @OptionGroup var adapter: TaskOption
  @OptionGroup var memory: MemoryOption

  /// The kind that the model is taken as; `nil` for what its files say.
  var kind: ModelKind? { type.kind }

  /// The name that is given, here or in the environment; `nil` for the default.
  func asked(_ standard: DefaultModel = .embedder) -> String? {
    model ?? ModelPlaces().variable(standard.variable)
  }

  /// Finds the model.
  func folder(
    _ messages: Messages = Messages(isQuiet: false), default standard: DefaultModel = .embedder
  ) throws -> String {
    try ModelFinder().folder(of: model, messages, default: standard)
  }
}

/// What kind of model it is, where its files leave that open.
struct KindOption: ParsableArguments {
  @Option(
    name: .customLong("type"),
    help: ArgumentHelp(
      "Take the model as this kind, where its files leave it open.",
      discussion:
        "A masked language model without modules.json is dense unless --type sparse, a causal one "
        + "unless --type rerank; bge-m3 is dense, sparse and multi. --type dense takes the mean of "
        + "a network that was made for something else.",
      valueName: "dense|sparse|multi|rerank"), completion: .list(ModelKind.names),
    transform: ModelKind.named)
  var kind: ModelKind?
}

/// Which of the adapters that a model has for tasks changes its weights.
struct TaskOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use the adapter that the model has for this task, such as retrieval.query of jina-embeddings-v3.",
      discussion: "The prompt for a task is named by --prompt-name, as in sentence-transformers.",
      valueName: "NAME"))
  var task: String?
}

extension ModelKind {
  fileprivate static let names = allCases.map(\.rawValue)

  /// The kind that a word of the command line means.
  static func named(_ name: String) throws -> ModelKind {
    guard let kind = ModelKind(rawValue: name) else {
      throw ValidationError("known are \(names.joined(separator: ", "))")
    }
    return kind
  }
}

/// How much memory the process may come to hold.
struct MemoryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Refuse what needs more memory, such as 4G (default: 3/4 of what this process may use).",
      valueName: "SIZE"),
    transform: Self.bytes)
  var memory: Int = Memory.standardBound

  /// Sets the bound, before anything is read.
  func validate() throws { Memory.bound = memory }

  /// `4G`, `512M`, `1.5GiB`, `1000000`: a unit is a power of 1024.
  static func bytes(_ text: String) throws -> Int {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).uppercased()
    let powers = ["": 0, "B": 0, "K": 1, "M": 2, "G": 3, "T": 4]
    let ending = ["IB", "B"].first { unit.count > $0.count && unit.hasSuffix($0) } ?? ""
    guard let power = powers[String(unit.dropLast(ending.count))], let number = Double(digits),
      let bytes = Int(exactly: (number * Double(1 << (10 * power))).rounded(.down)), bytes > 0
    else { throw ValidationError("should be a size such as 512M, 4G or 1.5G") }
    return bytes
  }
}

/// The options of every command that runs a model.
struct ModelOptions: ParsableArguments {
  @OptionGroup var name: ModelName
  @OptionGroup var compute: ComputeOptions

  var precision: Precision { compute.precision }
  var maxLength: Int? { compute.limits.maxLength }
  var messages: Messages { compute.messages }
  var threadCount: Int { compute.threadCount }

  /// A progress bar, unless nothing is to be printed.
  func progress(
    _ mode: ProgressMode = .auto, total: Int?, sharesTerminal: Bool = false
  ) -> Progress {
    Progress(compute.limits.quiet ? .never : mode, total: total, sharesTerminal: sharesTerminal)
  }

  /// Finds the model and reads it, one that gives each text a vector.
  func load() throws -> Embedder { try Embedder(textModel()) }

  /// Finds the model and reads it, whatever kind it is.
  /// - Parameters:
  ///   - kind: what it is taken as, unless --type says it
  ///   - standard: which model it is where no option names one
  ///   - poolFactor: how many of a document's token vectors become one
  func textModel(
    as kind: ModelKind? = nil, default standard: DefaultModel = .embedder,
    poolFactor: Double? = nil
  ) throws -> TextModel {
    try compute.checkPrecision()
    var options = compute.options
    options.kind = name.kind ?? kind
    options.poolFactor = poolFactor
    options.task = name.adapter.task
    options.modelName = name.asked(standard)
    return try compute.read(name.folder(messages, default: standard), options)
  }

  /// Finds and reads another model beside this one, in the same precision and on as many threads.
  /// - Parameter name: a directory or a name
  func textModel(named name: String, as kind: ModelKind? = nil) throws -> TextModel {
    var options = compute.options
    options.kind = kind
    options.modelName = name
    // The limit is that of the other model.
    options.maximumLength = nil
    return try compute.read(ModelFinder().folder(of: name, messages), options)
  }

  /// Finds a reranker and reads it.
  /// - Parameters:
  ///   - name: which one, where it stands beside the model of these options
  ///   - takesScores: whether they are made as its files say
  func reranker(named name: String? = nil, takesScores: Bool = true) throws -> Reranker {
    let model =
      try name.map { try textModel(named: $0, as: .rerank) }
      ?? textModel(as: .rerank, default: .reranker)
    let reranker = try Reranker(model)
    if takesScores { for notice in reranker.notices { messages.note(notice) } }
    return reranker
  }
}
