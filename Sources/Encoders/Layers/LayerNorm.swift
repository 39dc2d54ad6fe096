import Tensors

/// Each row brought to mean 0 and variance 1, then scaled and shifted.
struct LayerNorm: Sendable {
  let scale, shift: Tensor
  let epsilon: Float

  init(_ weights: Weights, _ size: Int, epsilon: Float) throws {
    // TensorFlow's checkpoints, and what was converted from them, say gamma and beta.
    let old = weights.has("gamma")
    scale = try weights.vector(old ? "gamma" : "weight", size)
    shift = try weights.vector(old ? "beta" : "bias", size)
    self.epsilon = epsilon
  }

  /// The norm of x, or of x + residual.
  func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil) -> Tensor {
    x.layerNorm(scale, shift, epsilon: epsilon, adding: residual)
  }
}
