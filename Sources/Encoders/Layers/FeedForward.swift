import Tensors

/// Two linear layers with an activation between them, or with an activated gate (Shazeer, 2020).
struct FeedForward: Sendable {
  /// With a gate its outputs are the gate's, which the activation is for, and then what is gated.
  let up: Linear
  let down: Linear
  let activation: Activation
  let isGated: Bool

  init(up: Linear, down: Linear, _ activation: Activation, isGated: Bool = false) {
    self.up = up
    self.down = down
    self.activation = activation
    self.isGated = isGated
  }

  /// - Parameters:
  ///   - inner: F, the columns between the two
  ///   - up, down: the names of the layers
  init(
    _ weights: Weights, hidden: Int, inner: Int, _ activation: Activation, up: String,
    down: String, bias: Bool = true
  ) throws {
    self.init(
      up: try Linear(weights[up], hidden, inner, bias: bias),
      down: try Linear(weights[down], inner, hidden, bias: bias), activation)
  }

  /// One with a gate.
  /// - Parameter gate: the name of the layer whose outputs are activated
  init(
    _ weights: Weights, hidden: Int, inner: Int, _ activation: Activation, gate: String,
    up: String, down: String, bias: Bool = false
  ) throws {
    self.init(
      up: try Linear(weights, hidden, stacking: [(gate, inner), (up, inner)], bias: bias),
      down: try Linear(weights[down], inner, hidden, bias: bias), activation, isGated: true)
  }

  var products: [ProductShape] { [up.product, down.product] }

  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil) -> Tensor {
    let inner =
      isGated
      ? x.gatedLinear(up.weight, bias: up.bias, activation) : up(x, then: activation)
    return down(inner, adding: residual)
  }
}
