import ArgumentParser
import Embeddings
import ModelFiles

/// `embed inspect`: what a model directory resolves to.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model directory resolves to, and what is odd about it.")

  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp("The model, as -m would name it.", valueName: "DIR|NAME"),
    completion: .directory)
  var directory: String?

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws {
    if directory != nil, model.model != nil {
      throw ValidationError("name the model once: as an argument, or with -m")
    }
  }

  func run() throws {
    var options = model
    options.model = directory ?? model.model
    let inspection = try Inspection(options.load())
    let output = try OutputFile(nil)
    try output.write(json ? value(inspection).line : Array(text(inspection).utf8))
    try output.finish()
  }

  private func text(_ model: Inspection) -> String {
    var table = Table([.left, .left], header: ["model", model.folder])
    table.append(["layout", model.layout])
    for (index, module) in model.modules.enumerated() {
      table.append([index == 0 ? "modules" : "", "\(index)  \(module)"])
    }
    table.append(["vector", "\(model.dimension) numbers, compared by \(model.similarity)"])
    table.append([
      "weights",
      "\(model.parameters) numbers as \(model.storedAs.joined(separator: ", ")), "
        + "\(megabytes(model.weightBytes))",
    ])
    for (index, stage) in model.tokenizer.enumerated() {
      table.append([index == 0 ? "tokenizer" : "", "\(stage.stage): \(stage.description)"])
    }
    table.append(["", "vocabulary: \(model.vocabulary) ids"])
    for override in model.overrides { table.append(["", "set by \(override)"]) }
    table.append(["limit", model.limit.map { "\($0.tokens) tokens (\($0.origin))" } ?? "none"])
    for (index, prompt) in model.prompts.named.enumerated() {
      let isDefault = prompt.name == model.prompts.defaultName ? " (goes before every text)" : ""
      table.append([index == 0 ? "prompts" : "", "\(prompt.name): “\(prompt.text)”\(isDefault)"])
    }
    if model.prompts.named.isEmpty { table.append(["prompts", "none"]) }
    table.append([
      "memory",
      "\(megabytes(model.weightBytes)) of weights, mapped, and about "
        + "\(megabytes(model.workBytes)) for each thread",
    ])
    for (index, warning) in model.warnings.enumerated() {
      table.append([index == 0 ? "odd" : "", warning])
    }
    return table.text
  }

  private func value(_ model: Inspection) -> JSONValue {
    .object([
      ("model", .string(model.folder)), ("layout", .string(model.layout)),
      ("architecture", .string(model.architecture)),
      ("modules", .array(model.modules.map { .string($0) })),
      ("dimension", .int(model.dimension)), ("similarity", .string(model.similarity)),
      ("parameters", .int(model.parameters)),
      ("stored_as", .array(model.storedAs.map { .string($0) })),
      (
        "tokenizer",
        .object(model.tokenizer.map { ($0.stage, .string($0.description)) })
      ),
      ("vocabulary", .int(model.vocabulary)),
      ("tokenizer_overrides", .array(model.overrides.map { .string($0) })),
      ("limit", .optional(model.limit) { .int($0.tokens) }),
      ("limit_from", .optional(model.limit) { .string($0.origin) }),
      ("prompts", .object(model.prompts.named.map { ($0.name, .string($0.text)) })),
      ("default_prompt", .optional(model.prompts.defaultName) { .string($0) }),
      ("weight_bytes", .int(model.weightBytes)), ("work_bytes_per_thread", .int(model.workBytes)),
      ("warnings", .array(model.warnings.map { .string($0) })),
    ])
  }

  private func megabytes(_ bytes: Int) -> String {
    fixed(Double(bytes) / 1e6, bytes < 10_000_000 ? 1 : 0) + " MB"
  }
}
