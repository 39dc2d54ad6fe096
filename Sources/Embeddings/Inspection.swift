import ModelFiles
import Tensors
package import Tokenizers
import Vectors

/// What a model directory resolves to, and warnings about it.
package struct Inspection: Sendable {
  package let folder: String
  /// Which releases of sentence-transformers write directories like it.
  package let layout: String
  /// The network's `model_type`, or the name of the module that reads text without one.
  package let architecture: String
  /// A line for each module, and for each of each route: what it is, and what it takes and gives.
  package let modules: [String]
  /// The adapter that changes the network's weights, where the folder holds one.
  package let adapter: Adaptation?
  /// The tasks that the network has adapters for, and the one whose adapter changes its weights.
  package let tasks: [String]
  package let task: String?
  /// The numbers in a vector, or the labels of a score.
  package let dimension: Int
  /// What it makes of texts, and the file and key that say so.
  package let kind: String
  package let kindOrigin: String
  /// The kinds that the folder's files have heads for, the model's own first.
  package let heads: [String]
  /// What each of a reranker's scores is of; none of other models.
  package let labels: [String]
  /// What makes scores of a reranker's logits, and the file and key that say so.
  package let activation: (name: String, origin: String)?
  package let parameters: Int
  /// How the weights are stored: "F32".
  package let storedAs: [String]
  package let tokenizer: [(stage: String, description: String)]
  package let vocabulary: Int
  package let limit: LengthLimit?
  /// What other files than the tokenizer's own changed about it.
  package let overrides: [String]
  package let prompts: Prompts
  package let similarity: String
  /// What the files settle, each with the file that does.
  package let facts: [Fact]
  /// Bytes of weights, which are mapped and shared between processes.
  package let weightBytes: Int
  /// Bytes that one thread works in, about.
  package let workBytes: Int
  package let warnings: [String]

  package init(_ embedder: Embedder) throws { try self.init(embedder.model) }

  /// - Throws: where the modules do not give what a model of its kind does
  package init(_ model: TextModel) throws {
    let (list, pipelines) = (model.list, Self.pipelines(model))
    // Texts of no task take this one, if they can.
    guard let pipeline = pipelines.first else { throw FileError("\(list.file): no module") }
    // Tables of integers beside the weights (`position_ids`) are not parameters.
    let tensors = model.weights.flatMap { file in file.names.compactMap { file[$0] } }
      .filter { $0.blocks != nil || [.f64, .f32, .f16, .bf16, .i8].contains($0.type) }
    folder = model.folder.path
    layout = list.layout
    architecture =
      pipeline.input.network?.architecture ?? pipeline.entries.first?.entry.kind ?? ""
    modules = Self.lines(list, pipelines)
    adapter = list.adapter
    tasks = try list.first(nil).folder.tasks ?? []
    task = model.options.task
    let reranker = try Self.checked(model)
    dimension = min(model.truncatedDimension ?? pipeline.width, pipeline.width)
    (kind, kindOrigin) = (model.modelKind.rawValue, model.kindOrigin)
    heads = try Self.heads(model)
    labels = reranker?.labels ?? []
    activation = reranker.map { ($0.activation.rawValue, $0.activationOrigin) }
    parameters = tensors.reduce(0) { $0 + $1.count }
    storedAs = Set(tensors.map { $0.blocks?.rawValue ?? $0.type.rawValue }).sorted()
    tokenizer = pipeline.tokenizer.tokenizer.summary
    vocabulary = pipeline.tokenizer.tokenizer.vocabularyCount
    limit = pipeline.tokenizer.limit
    overrides = pipeline.tokenizer.overrides
    prompts = model.prompts
    similarity = model.comparison.name(model.modelKind)
    let settled = try ModelFacts(model, pipeline)
    facts = settled.facts
    weightBytes = tensors.reduce(0) { $0 + $1.range.count }
    // The widest product and the rows that live beside it, in float32.
    let widest = pipeline.products.map(\.outputs).max() ?? 0
    workBytes =
      4 * model.options.batchTokens * (widest + 5 * pipeline.input.info.output.width)
    warnings =
      try Self.warnings(model, pipelines, settled.contradictions) + (reranker?.warnings ?? [])
  }

  /// Refuses modules that do not give what a model of its kind does, as the commands do.
  private static func checked(_ model: TextModel) throws -> Reranker? {
    switch model.modelKind {
    case .dense: _ = try Embedder(model)
    case .sparse: _ = try SparseEmbedder(model)
    case .multi: _ = try MultiVectorEmbedder(model)
    case .rerank: return try Reranker(model)
    }
    return nil
  }

  private static func heads(_ model: TextModel) throws -> [String] {
    // Only a model that gives vectors may have heads beside its own.
    let others: Set<ModelKind> =
      model.modelKind == .rerank ? [] : try M3Heads.kinds(model.folder)
    let kinds = others.isEmpty ? [] : [.dense] + ModelKind.allCases.filter(others.contains)
    return ([model.modelKind] + kinds.filter { $0 != model.modelKind }).map(\.rawValue)
  }

  /// Every pipeline once, that of texts of no task first.
  private static func pipelines(_ model: TextModel) -> [Pipeline] {
    var seen: Set<[String]> = []
    return model.list.tasks.compactMap(model.list.choice).filter { seen.insert($0).inserted }
      .compactMap { model.pipelines[$0] }
  }

  /// The modules in the order of their steps; those of a Router under the names of their routes.
  private static func lines(_ list: ModuleList, _ pipelines: [Pipeline]) -> [String] {
    var lines = list.steps.indices.map { _ in [String]() }
    for pipeline in pipelines {
      let inputs = ["N tokens"] + pipeline.info.map(\.output.shape)
      for (index, info) in pipeline.info.enumerated() {
        // The pooling that replaces a missing modules.json comes after what is listed.
        let listed = index < pipeline.entries.count ? pipeline.entries[index] : nil
        let step = listed?.step ?? lines.count - 1
        let line = "\(info.summary); \(inputs[index]) → \(info.output.shape)"
        let name = listed.map { list.steps[$0.step].routes(of: $0.entry) } ?? ""
        if !lines[step].contains(name + line) { lines[step].append(name + line) }
      }
    }
    return zip(list.steps, lines).flatMap { step, lines in
      if case .router(let router) = step { [router.summary] + lines } else { lines }
    }
  }

  private static func warnings(
    _ model: TextModel, _ pipelines: [Pipeline], _ contradictions: [String]
  ) throws -> [String] {
    var warnings = model.list.warnings + [model.notice].compactMap { $0 } + contradictions
    for pipeline in pipelines {
      warnings +=
        pipeline.tokenizer.warnings + [pipeline.tokenizer.limit?.warning].compactMap { $0 }
      if let entry = pipeline.entries.first?.entry, pipeline.tokenizer.network != nil {
        warnings += try limits(entry.folder, pipeline.tokenizer)
      }
      warnings += pipeline.info.flatMap(\.warnings)
      if let kept = model.truncatedDimension, case .vector = pipeline.kind, pipeline.width > kept {
        warnings.append(
          "config_sentence_transformers.json: truncate_dim keeps the first \(kept) of "
            + "\(pipeline.width) numbers")
      }
    }
    if let mode = model.list.pooling {
      warnings.append(
        "no modules.json: "
          + (mode == .mean
            ? "the mean of the token vectors is taken"
            : "the last token's vector is taken, as config.json names a causal language model"))
    }
    warnings += model.unknownKeys
    var seen: Set<String> = []
    return warnings.filter { seen.insert($0).inserted }
  }

  /// Other lengths than the one that is used.
  private static func limits(_ folder: ModelFolder, _ tokenizer: ModelTokenizer) throws -> [String]
  {
    let limit = tokenizer.limit
    let used = limit.map { "\($0.tokens) is (\($0.origin))" } ?? "no limit is"
    var warnings = tokenizer.otherLimits.filter { $0.tokens != limit?.tokens }.map {
      "\($0.origin) is \($0.tokens); not used, \(used)"
    }
    if let file = try folder.objectIfPresent(tokenizer: "tokenizer.json"),
      let truncation = try file.present("truncation"),
      case let length = try truncation.int("max_length"), length != limit?.tokens
    {
      warnings.append("tokenizer.json truncates to \(length) tokens; not used, \(used)")
    }
    return warnings
  }
}

extension ModuleList.Step {
  /// "query, document: ", for a module of these routes of a Router.
  fileprivate func routes(of entry: ModuleEntry) -> String {
    guard case .router(let router) = self else { return "" }
    let names = router.routes.filter { route in
      route.entries.contains { $0.folder.path == entry.folder.path && $0.kind == entry.kind }
    }.map(\.name)
    return names.joined(separator: ", ") + ": "
  }
}

extension Router {
  /// "Router: query, document; document unless said".
  fileprivate var summary: String {
    "Router: \(routes.map(\.name).joined(separator: ", ")); "
      + (route(for: nil).map { "\($0) unless said" } ?? "one must be named")
  }
}
