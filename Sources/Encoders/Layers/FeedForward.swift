import Tensors

/// Two linear layers with an activation between them, or with an activated gate (Shazeer, 2020).
struct FeedForward: Sendable {
  /// What the activation is for, where there is one; otherwise that is `up`.
  let gate: Linear?
  let up, down: Linear
  let activation: Activation

  init(gate: Linear? = nil, up: Linear, down: Linear, _ activation: Activation) {
    (self.gate, self.up, self.down, self.activation) = (gate, up, down, activation)
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
      gate: try Linear(weights[gate], hidden, inner, bias: bias),
      up: try Linear(weights[up], hidden, inner, bias: bias),
      down: try Linear(weights[down], inner, hidden, bias: bias), activation)
  }

  var products: [ProductShape] { [gate, up, down].compactMap { $0?.product } }

  /// - Parameter queries: the rows that x is of; all by default
  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  func callAsFunction(
    _ x: Tensor, _ batch: TokenBatch, adding residual: Tensor? = nil,
    queries: SequenceLayout? = nil
  ) -> Tensor {
    guard batch.training?.dropout(.feedForwardInner) != nil else {
      return x.feedForward(gate: gate, up: up, down: down, activation, adding: residual)
    }
    let factor = gate.map { $0(x, then: activation) }
    let inner = x.linear(up, then: gate == nil ? activation : .none, times: factor)
    return down(batch.dropped(inner, .feedForwardInner, queries: queries), adding: residual)
  }
}
