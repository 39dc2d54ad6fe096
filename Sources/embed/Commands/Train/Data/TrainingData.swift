import ModelFiles
import Tensors
import Training
import Vectors

/// All rows of a training, read, understood and checked.
struct TrainingData {
  private let recipe: Recipe
  private let model: StartModel
  /// The rows that are trained on.
  let sets: [PreparedSet]
  let evaluators: [TrainEvaluator]
  /// The hyperparameters.
  let options: TrainingOptions
  /// What vectors are compared by: as a loss has it, or else the start model.
  let similarity: Similarity
  /// What came through standard input.
  let kept: [KeptData]

  var objectives: [Objective] { sets.map(\.objective) }
  var summary: DataSummary { DataSummary(model: model.name, sets: sets) }

  /// - Parameters:
  ///   - teacher: the model that the recipe names to learn from
  ///   - guide: makes the guide of that name, for the set of that number
  ///   - similarity: the start model's
  /// - Throws: for data that nothing could be learned of, before a teacher is asked for anything
  init(
    _ recipe: Recipe, _ model: StartModel, teacher: Teacher? = nil,
    guide: (_ name: String, _ set: Int) throws -> Guide, similarity: Similarity,
    messages: Messages
  ) throws {
    (self.recipe, self.model) = (recipe, model)
    options = recipe.options(isStatic: model.isStatic)
    var prepared = try recipe.datasets.map { source in
      let set = try PreparedSet(source, recipe, model, teacher: teacher)
      for notice in set.notices { messages.note(notice) }
      return set
    }
    kept = prepared.enumerated().compactMap { index, set in
      guard set.source.files.contains("-") else { return nil }
      return KeptData(
        fileName: Self.keptName(index), set: set.set, label: set.label ?? "label")
    }
    let seed = recipe.training.seed
    self.similarity = prepared.lazy.compactMap { $0.loss.similarity }.first ?? similarity
    let context = EvaluationContext(
      width: model.hasNewHead ? Self.labels(of: prepared) : model.width,
      similarity: self.similarity, prompts: recipe.prompts, seed: seed, kind: model.kind,
      labels: model.hasNewHead ? prepared.first?.set.classNames ?? [] : model.labels)
    let files = try recipe.evaluation.files.map { try TrainEvaluator($0, context) }
    let division = try recipe.evaluation.share.map { share in
      try HeldOut.rows(of: prepared.map(\.set), share: share, seed: seed)
    }
    var held = division.map { zip(prepared, $0).map { $0.with($0.set.picked($1.held)) } } ?? []
    if let division {
      prepared = zip(prepared, division).map { $0.with($0.set.picked($1.trained)) }
    }
    if let teacher { (prepared, held) = try teacher.taught(prepared, held: held) }
    prepared = try prepared.enumerated().map { index, set in
      guard let name = set.loss.needs.guide else { return set }
      return try set.guided(by: guide(name, index))
    }
    (sets, evaluators) = (
      prepared, try held.map { try TrainEvaluator($0.set, prompts: $0.prompts, context) } + files
    )
    _ = try bestMetric()
  }

  /// How many numbers a new head gives a pair.
  private static func labels(of sets: [PreparedSet]) -> Int {
    let set = sets.first
    let loss = set.flatMap { type(of: $0.loss) as? any PairLoss.Type }
    return loss?.labels(classes: set?.set.classNames.count ?? 0) ?? 1
  }

  /// The name that standard input's rows get in the run's folder.
  private static func keptName(_ index: Int) -> String {
    index == 0 ? "data.jsonl" : "data-\(index + 1).jsonl"
  }

  /// The metric that says which model is best; `nil` where nothing is evaluated.
  /// - Throws: for a name that no evaluation has
  func bestMetric() throws -> (evaluator: Int, name: String)? {
    guard let asked = recipe.evaluation.metric else {
      return evaluators.first.map { (0, $0.primary) }
    }
    let bare = asked.hasPrefix("eval_") ? String(asked.dropFirst("eval_".count)) : asked
    for (index, evaluator) in evaluators.enumerated() {
      let found = evaluator.metrics.first { $0 == bare || "\(evaluator.name)_\($0)" == bare }
      if let found { return (index, found) }
    }
    let known = evaluators.flatMap(\.metrics)
    throw FileError(
      "no evaluation has the metric `\(asked)`"
        + (nearestName(to: bare, among: known).map { "; did you mean `\($0)`?" } ?? "")
        + "; there are \(listed(known))")
  }

  /// The recipe as it was carried out: every option, so that it gives the same again.
  /// - Parameter folder: the start model's directory
  func recipeValue(model folder: String, teacher: String? = nil) throws -> JSONValue {
    try RecipeWriter(recipe, options, sets).value(
      model: folder, teacher: teacher, kept: kept.map(\.fileName))
  }
}
