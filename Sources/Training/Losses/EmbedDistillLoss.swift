package import ModelFiles
package import Tensors

/// The distance from vectors that a teacher gave (Kim et al., 2023).
package struct EmbedDistillLoss: Loss {
  package static let name = "EmbedDistillLoss"
  private let distillation: Distillation

  package init(_ options: JSON, _ context: LossContext) throws {
    distillation = try Distillation(
      options, context, options.name("distance_metric", default: .cosine))
  }

  package var needs: LossNeeds { distillation.needs }

  package var parameters: [(name: String, value: JSONValue)] {
    [("distance_metric", .string(distillation.metric.rawValue)), distillation.parameter]
  }

  package var weights: [(name: String, value: Tensor)] { distillation.weights }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { distillation.loss(columns, labels.vectors, weights) }
}
