import Tensors

/// What brings each row to a common size.
protocol Norm: Sendable {
  /// - Shapes: `[N, H]` → `[N, H]`
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// Each row brought to mean 0 and variance 1, then scaled and shifted.
struct LayerNorm: Norm {
  let scale, shift: Tensor
  let epsilon: Float

  /// - Parameter shifted: whether there is a bias
  init(_ weights: Weights, _ size: Int, epsilon: Float, shifted: Bool = true) throws {
    // TensorFlow's checkpoints, and what was converted from them, say gamma and beta.
    let old = weights.has("gamma")
    scale = try weights.vector(old ? "gamma" : "weight", size)
    shift =
      shifted
      ? try weights.vector(old ? "beta" : "bias", size)
      : .zeros([size])
    self.epsilon = epsilon
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(scale, shift, epsilon: epsilon) }

  /// The norm of x + residual.
  func callAsFunction(_ x: Tensor, adding residual: Tensor) -> Tensor {
    x.layerNorm(scale, shift, epsilon: epsilon, adding: residual)
  }
}

/// Each row brought to length √H, then scaled.
struct RMSNorm: Norm {
  let scale: Tensor
  let epsilon: Float

  /// - Parameter offset: what is added to the stored scale: 1 for Gemma, which stores it less 1
  init(_ weights: Weights, _ size: Int, epsilon: Float, offset: Float = 0) throws {
    let stored = try weights.vector("weight", size)
    scale = offset == 0 ? stored : stored.adding(offset)
    self.epsilon = epsilon
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.rmsNorm(scale, epsilon: epsilon) }
}
