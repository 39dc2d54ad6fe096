import ModelFiles
import Tensors

/// The last layer of a head: a few rows, in float32 whatever the precision, which would gain
/// nothing.
struct LabelLayer: Sendable {
  /// `[labels, H]`
  let weights: Tensor
  /// `[labels]`
  let bias: Tensor?

  /// - Parameter weights: where its `weight` and `bias` lie
  init(_ config: ModelConfig, _ weights: Weights, _ inputs: Int, bias: Bool = true) throws {
    let labels = try ClassificationHeads.labels(config)
    if let rows = weights.shape("weight")?.first, rows != labels {
      throw FileError(
        "\(config.json.name): \(try Self.origin(config)) \(labels) labels, but "
          + "\(weights.place(of: "weight")) has \(rows) rows, one a label; correct `id2label`")
    }
    self.weights = try weights.table("weight", labels, inputs)
    self.bias = bias ? try weights.vector("bias", labels) : nil
  }

  private static func origin(_ config: ModelConfig) throws -> String {
    for key in ["id2label", "num_labels"] where try config.json.present(key) != nil {
      return "`\(key)` has"
    }
    return "without `id2label` and `num_labels` there are"
  }

  /// - Shapes: `[B, H]` → `[B, labels]`
  func callAsFunction(_ x: Tensor) -> Tensor { x.rowProducts(weights, bias: bias) }
}
