import Embeddings
import Encoders
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
  func callAsFunction(_ tensors: TrainedTensors) throws -> [TrainingLog.Evaluation.Result] {
    let model = try model.with(tensors)
    return try evaluators.map { evaluator in
      let found =
        if case .reranking(let evaluation) = evaluator.kind {
          try evaluation { try scores(of: $0, evaluator.prompts[0], Reranker(model)) }
        } else {
          try evaluator(threads: threads) { texts, prompt in
            try vectors(of: texts, prompt, model)
          }
        }
      return .init(name: evaluator.name, metrics: found.map { .init($0.name, $0.value) })
    }
  }

  private func vectors(
    of texts: [[UInt8]], _ prompt: EvaluationPrompt, _ model: TextModel
  ) throws -> Results {
    let route =
      switch prompt {
      case .standard: try model.route()
      case .named(let name): try model.route(named: name)
      case .text(let text): try model.route(prompt: text)
      }
    let encodings = try model.encodings(of: texts, by: route)
    return try model.results(of: encodings, by: route) { Interrupt.requested }
  }

  /// The scores of pairs, a number for each label.
  private func scores(
    of pairs: [TextPair], _ prompt: EvaluationPrompt, _ reranker: Reranker
  ) throws -> [[Float]] {
    let route =
      switch prompt {
      case .standard: try reranker.route()
      case .named(let name): try reranker.route(promptName: name)
      case .text(let text): try reranker.route(prompt: text)
      }
    let encodings = try reranker.encodings(of: pairs.map { ($0.query, $0.document) }, by: route)
    let logits = try reranker.logits(of: encodings, by: route) { Interrupt.requested }
    return (0..<logits.rows).map { reranker.activation(Array(logits[$0])) }
  }

  /// The value of the metric that counts; `nil` where it is no number.
  func score(_ results: [TrainingLog.Evaluation.Result]) -> Double? {
    guard let metric else { return nil }
    let value = results.first { $0.name == metric.set }?.metrics.first { $0.name == metric.name }?
      .value
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}
