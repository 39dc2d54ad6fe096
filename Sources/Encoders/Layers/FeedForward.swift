import Tensors

/// Two linear layers with an activation between them.
struct FeedForward: Sendable {
  let up, down: Linear
  let activation: Activation

  init(
    _ weights: Weights, hidden: Int, inner: Int, activation: Activation, up: String, down: String
  ) throws {
    self.up = try Linear(weights[up], hidden, inner)
    self.down = try Linear(weights[down], inner, hidden)
    self.activation = activation
  }

  var products: [ProductShape] { [up.product, down.product] }

  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  func callAsFunction(_ x: Tensor) -> Tensor { down(up(x, then: activation)) }
}
