package import ModelFiles
package import Tensors

/// The mean squared difference from vectors that a teacher gave (Reimers and Gurevych, 2020).
package struct MSELoss: Loss {
  package static let name = "MSELoss"
  private let distillation: Distillation

  package init(_ options: JSON, _ context: LossContext) throws {
    distillation = try Distillation(options, context, .squared)
  }

  package var needs: LossNeeds { distillation.needs }
  package var parameters: [(name: String, value: JSONValue)] { [distillation.parameter] }
  package var weights: [(name: String, value: Tensor)] { distillation.weights }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { distillation.loss(columns, labels.vectors, weights) }
}
