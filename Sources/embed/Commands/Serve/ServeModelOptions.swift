import ArgumentParser
import Embeddings

/// The models that a server has, which share its threads and its memory.
struct ServeModelOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model's directory or name; several, each with -m, are chosen by `model` in a request, "
        + "or else the first that can do what is asked answers.",
      discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var models: [String] = []

  @OptionGroup var type: KindOption
  @OptionGroup var adapter: TaskOption
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var memory: MemoryOption

  func validate() throws {
    if models.count > 1,
      let option = type.kind != nil ? "--type" : adapter.task.map { _ in "--task" }
    {
      throw ValidationError("\(option) says what one model is; with several leave it out")
    }
    if let again = models.indices.first(where: { models[..<$0].contains(models[$0]) }) {
      throw ValidationError("--model \(models[again]) is given twice")
    }
  }

  /// What each is called; `nil` for the default one.
  var names: [String?] { models.isEmpty ? [nil] : models }

  /// Finds and reads them, in their order.
  func load() throws -> [TextModel] {
    try compute.checkPrecision()
    return try names.map(model)
  }

  private func model(named name: String?) throws -> TextModel {
    var options = compute.options
    (options.kind, options.task) = (type.kind, adapter.task)
    options.modelName = name ?? ModelPlaces().variable(DefaultModel.embedder.variable)
    return try compute.read(ModelFinder().folder(of: name, compute.messages), options)
  }
}
