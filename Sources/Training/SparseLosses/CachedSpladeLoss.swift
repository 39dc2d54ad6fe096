package import Embeddings
package import ModelFiles
package import Tensors
package import Vectors

/// SpladeLoss for large batches. That they fit is for whoever makes the vectors to see to.
package struct CachedSpladeLoss: Loss {
  package static let name = "CachedSpladeLoss"
  package static var kind: ModelKind { .sparse }
  private let splade: any Loss
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    splade = try SpladeLoss(options, context)
    parts = try BatchParts(options)
  }

  package var needs: LossNeeds { splade.needs }
  package var weights: [(name: String, value: Tensor)] { splade.weights }
  package var similarity: Similarity? { splade.similarity }
  package var parameters: [(name: String, value: JSONValue)] {
    splade.parameters + parts.parameters
  }

  package func scheduled(step: Int, of steps: Int) -> any Loss {
    splade.scheduled(step: step, of: steps)
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { splade(columns, labels, weights) }
}
