import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Tokenizers

/// `embed inspect`: what a model directory contains.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Print what a model is made of, and warn where its files disagree.")

  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp("The model, in place of -m.", valueName: "DIR|NAME"), completion: .directory)
  var directory: String?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if directory != nil, model.name.model != nil {
      throw ValidationError("name the model once: as an argument, or with -m")
    }
  }

  func run() throws {
    var options = model
    options.name.model = directory ?? model.name.model
    let inspection = try Inspection(options.textModel())
    let (text, value) = (try text(inspection), try value(inspection))
    try report.write(text, value)
  }

  private func text(_ model: Inspection) throws -> String {
    var table = Table([.left, .left], header: ["model", model.folder])
    /// Adds lines of which the first begins with a title.
    func append(_ title: String, _ lines: [String]) {
      for (index, line) in lines.enumerated() { table.append([index == 0 ? title : "", line]) }
    }
    append("layout", [model.layout])
    append("kind", ["\(Self.explained(model.kind)) (\(model.kindOrigin))"])
    append("adapter", try [model.adapter?.summary].compactMap { $0 })
    if !model.tasks.isEmpty {
      append(
        "tasks",
        [model.tasks.joined(separator: ", "), model.task.map { "\($0) is used" } ?? "none is used"])
    }
    append("modules", model.modules.enumerated().map { "\($0)  \($1)" })
    if model.heads.count > 1 { append("heads", [model.heads.joined(separator: ", ")]) }
    append(Self.result(model).title, [Self.result(model).text])
    append("activation", [model.activation.map { "\($0.name) (\($0.origin))" }].compactMap { $0 })
    append(
      "weights",
      [
        "\(model.parameters) parameters as \(model.storedAs.joined(separator: ", ")), "
          + megabytes(model.weightBytes)
      ])
    append(
      "tokenizer",
      model.tokenizer.map { "\($0.stage): \($0.description)" }
        + ["vocabulary: \(model.vocabulary) ids"] + model.overrides.map { "set by \($0)" })
    append("settings", model.facts.map { "\($0.name): \($0.value) (\($0.origin))" })
    append("limit", [model.limit.map { "\($0.tokens) tokens (\($0.origin))" } ?? "none"])
    let prompts = model.prompts.named.map { prompt in
      let isDefault = prompt.name == model.prompts.defaultName
      return "\(prompt.name): “\(prompt.text)”\(isDefault ? " (default)" : "")"
    }
    append("prompts", prompts.isEmpty ? ["none"] : prompts)
    append(
      "memory",
      [
        "\(megabytes(model.weightBytes)) of mapped weights, and about "
          + "\(megabytes(model.workBytes)) for each thread"
      ])
    append("precision", Self.precisions)
    append("warning", model.warnings)
    return table.text
  }

  /// What this processor can compute in, and by which instructions.
  private static var precisions: [String] {
    let each = Precision.allCases.map { precision in
      if let obstacle = precision.obstacle { return "\(precision.rawValue): \(obstacle)" }
      let product = "sgemm (OpenBLAS' kernels for \(MatmulRate.kernels))"
      let road = "\(precision.rawValue): \(precision.instructions?.rawValue ?? product)"
      return precision.warning.map { "\(road) (\($0))" } ?? road
    }
    return each + ["auto: \(AutomaticPrecision.found.rawValue)"]
  }

  /// The kind, as `--type` says it, and what one makes of it.
  private static func explained(_ kind: String) -> String {
    switch ModelKind(rawValue: kind) {
    case .dense: "dense: a vector for each text"
    case .sparse: "sparse: weights of the vocabulary's entries for each text"
    case .multi: "multi: a vector for each token"
    case .rerank: "rerank: scores of pairs of texts"
    case nil: kind
    }
  }

  // Of more classes than people look through, the first.
  private static let mostLabels = 20

  /// What comes of a text or a pair.
  private static func result(_ model: Inspection) -> (title: String, text: String) {
    switch ModelKind(rawValue: model.kind) {
    case .sparse:
      return ("vector", "\(model.dimension) entries, compared by \(model.similarity)")
    case .multi:
      return ("vectors", "\(model.dimension) dimensions each, compared by \(model.similarity)")
    case .rerank:
      let more = model.labels.count - mostLabels
      let names = model.labels.prefix(mostLabels).joined(separator: ", ")
      return ("labels", names + (more > 0 ? " and \(more) more" : ""))
    case .dense, nil:
      return ("vector", "\(model.dimension) dimensions, compared by \(model.similarity)")
    }
  }

  private func value(_ model: Inspection) throws -> JSONValue {
    func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    return [
      "model": .string(model.folder), "layout": .string(model.layout), "kind": .string(model.kind),
      "kind_from": .string(model.kindOrigin),
      "adapter": try model.adapter.map {
        try [
          "base": .optional($0.adapter.base) { .string($0) }, "base_folder": .string($0.base),
          "rank": .int($0.adapter.rank),
        ]
      } ?? .null, "tasks": strings(model.tasks), "task": .optional(model.task) { .string($0) },
      "architecture": .string(model.architecture), "modules": strings(model.modules),
      "heads": strings(model.heads), "labels": strings(model.labels),
      "activation": .optional(model.activation) { .string($0.name) },
      "activation_from": .optional(model.activation) { .string($0.origin) },
      "dimension": .int(model.dimension), "similarity": .string(model.similarity),
      "parameters": .int(model.parameters), "stored_as": strings(model.storedAs),
      "tokenizer": .object(model.tokenizer.map { ($0.stage, .string($0.description)) }),
      "vocabulary": .int(model.vocabulary), "tokenizer_overrides": strings(model.overrides),
      "settings": .array(
        model.facts.map {
          ["name": .string($0.name), "value": .string($0.value), "from": .string($0.origin)]
        }),
      "limit": .optional(model.limit) { .int($0.tokens) },
      "limit_from": .optional(model.limit) { .string($0.origin) },
      "prompts": .object(model.prompts.named.map { ($0.name, .string($0.text)) }),
      "default_prompt": .optional(model.prompts.defaultName) { .string($0) },
      "weight_bytes": .int(model.weightBytes), "work_bytes_per_thread": .int(model.workBytes),
      "instructions": .object(
        Precision.allCases.filter { $0.obstacle == nil }.map {
          ($0.rawValue, .string($0.instructions?.rawValue ?? "sgemm"))
        }),
      "precision_auto": .string(AutomaticPrecision.found.rawValue),
      "warnings": strings(model.warnings),
    ]
  }

  private func megabytes(_ bytes: Int) -> String {
    fixed(Double(bytes) / 1e6, bytes < 10_000_000 ? 1 : 0) + " MB"
  }
}
