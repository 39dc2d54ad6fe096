extension Tensor {
  /// down(activation(gate(x)) ⊙ up(x)) + residual, or down(activation(up(x))) + residual without a
  /// gate (Shazeer, 2020).
  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  package func feedForward(
    gate: Linear?, up: Linear, down: Linear, _ activation: Activation, adding residual: Tensor?
  ) -> Tensor {
    // The way back needs what lies between.
    let isTracked = isTracked || [gate, up, down].contains { $0?.isTracked ?? false }
    guard up.weight.format == .float32 || isTracked else {
      let network = PackedFeedForward(gate: gate, up: up, down: down, activation)
      return network(self, adding: residual)
    }
    let factor = gate.map { linear($0, then: activation) }
    return linear(up, then: gate == nil ? activation : .none, times: factor)
      .linear(down, adding: residual)
  }
}
