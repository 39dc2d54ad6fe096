package import Embeddings
import ModelFiles
import Tensors

/// A loss of sparse vectors that says nothing of how many of their numbers are 0, and so is trained
/// inside a SpladeLoss.
package protocol SparseLoss: Loss {
  /// Whether it may be trained without that, too.
  static var standsAlone: Bool { get }
}

extension SparseLoss {
  package static var kind: ModelKind { .sparse }
  package static var standsAlone: Bool { false }
}

/// One that is computed as a loss of dense vectors is.
protocol SparseForm: SparseLoss {
  associatedtype Dense: Loss
  var dense: Dense { get }
}

extension SparseForm {
  package static var shortNames: [String] {
    Dense.shortNames + [String(Dense.name.dropLast("Loss".count))]
  }
  package var needs: LossNeeds { dense.needs }
  package var parameters: [(name: String, value: JSONValue)] { dense.parameters }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { dense(columns, labels, weights) }
}
