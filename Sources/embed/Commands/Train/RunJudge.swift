import Embeddings
import ModelFiles
import Tensors
import Training
import Vectors

/// What judges a model while it is trained.
struct RunJudge {
  private let model: TextModel
  let evaluators: [TrainEvaluator]
  /// What says which model is best: the larger the better.
  let metric: (set: String, name: String)?
  private let threads: Int

  init(_ setup: TrainSetup) throws {
    (model, evaluators, threads) = (setup.judge, setup.data.evaluators, setup.threads)
    metric = try setup.data.bestMetric().map { best in
      (set: setup.data.evaluators[best.evaluator].name, name: best.name)
    }
  }

  var isEmpty: Bool { evaluators.isEmpty }

  /// The metrics of the model with these tensors.
  func callAsFunction(_ tensors: [String: Tensor]) throws -> [TrainingLog.Evaluation.Result] {
    let model = try model.with(tensors)
    return try evaluators.map { evaluator in
      let found = try evaluator(threads: threads) { texts, prompt in
        try vectors(of: texts, prompt, model)
      }
      return .init(name: evaluator.name, metrics: found.map { .init($0.name, $0.value) })
    }
  }

  private func vectors(
    of texts: [[UInt8]], _ prompt: EvaluationPrompt, _ model: TextModel
  ) throws -> Matrix {
    let route =
      switch prompt {
      case .standard: try model.route()
      case .named(let name): try model.route(named: name)
      case .text(let text): try model.route(prompt: text)
      }
    let encodings = try model.encodings(of: texts, by: route)
    let results = try model.results(of: encodings, by: route) { Interrupt.requested }
    guard case .rows(let vectors) = results else {
      throw FileError("\(model.folder.path): gives a text no vector")
    }
    return vectors
  }

  /// The value of the metric that counts; `nil` where it is no number.
  func score(_ results: [TrainingLog.Evaluation.Result]) -> Double? {
    guard let metric else { return nil }
    let value = results.first { $0.name == metric.set }?.metrics.first { $0.name == metric.name }?
      .value
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}
