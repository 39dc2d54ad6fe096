extension Tensor {
  /// down(activation(gate(x)) ⊙ up(x)) + residual, or down(activation(up(x))) + residual without a
  /// gate (Shazeer, 2020).
  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  package func feedForward(
    gate: Linear?, up: Linear, down: Linear, _ activation: Activation, adding residual: Tensor?
  ) -> Tensor {
    if let network = PackedFeedForward(gate: gate, up: up, down: down, activation) {
      return network(self, adding: residual)
    }
    let factor = gate.map { linear($0, then: activation) }
    return linear(up, then: gate == nil ? activation : .none, times: factor)
      .linear(down, adding: residual)
  }
}

/// A feed-forward layer of packed weights. A block of rows goes all the way before the next one
/// starts, so that what lies in between stays in the cache.
private struct PackedFeedForward: Sendable {
  private let gate: PackedProduct?
  private let up, down: PackedProduct
  private let inner, outputs: Int

  /// `nil` where the weights are not packed.
  init?(gate: Linear?, up: Linear, down: Linear, _ activation: Activation) {
    guard case .panels(let upper) = up.weight.form, case .panels(let lower) = down.weight.form
    else { return nil }
    if let gate {
      guard case .panels(let panels) = gate.weight.form else { return nil }
      self.gate = PackedProduct(gate, panels, activation)
    } else {
      self.gate = nil
    }
    self.up = PackedProduct(up, upper, gate == nil ? activation : .none)
    self.down = PackedProduct(down, lower)
    (inner, outputs) = (up.weight.outputs, down.weight.outputs)
  }

  func callAsFunction(_ x: Tensor, adding residual: Tensor?) -> Tensor {
    Tensor([x.rows, outputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      x.eachPackedBlock {
        Run(gate, up, down, inner: inner, rows: $0)
      } body: {
        (run: inout Run, x, count, start) in
        residual.withPart(from: start * outputs) { residual in
          run(x, rows: count, adding: residual, into: out + start * outputs)
        }
      }
    }
  }

  /// The three products, and what lies between them.
  private struct Run {
    private var gate: PackedProduct?
    private var up, down: PackedProduct
    private let tiles, innerTiles: PackedRows
    private let scratch = PackedScratch()
    /// `[rows, F]`: what the gate lets through.
    private let gates: Storage
    /// `[rows, F]`: what goes down, where rows must be there as a whole to be scaled to 8 bits; in
    /// bfloat16, whose rounding is the finer but for numbers near the row's largest.
    private let whole: Storage?

    init(
      _ gate: PackedProduct?, _ up: PackedProduct, _ down: PackedProduct, inner: Int, rows: Int
    ) {
      (self.gate, self.up, self.down) = (gate, up, down)
      tiles = PackedRows(rows: rows, columns: up.inputs, for: up.panels)
      innerTiles = PackedRows(rows: rows, columns: inner, for: down.panels)
      gates = Storage(count: gate == nil ? 0 : rows * inner)
      whole = innerTiles.format == .uint8 ? Storage(count: (rows * inner + 1) / 2) : nil
      self.gate?.write(to: gates.floats.baseAddress)
      if let whole {
        self.up.write(narrow: whole.halves)
      } else {
        self.up.write(tiles: innerTiles)
      }
    }

    mutating func callAsFunction(
      _ x: UnsafePointer<Float>, rows: Int, adding residual: UnsafePointer<Float>?,
      into out: UnsafeMutablePointer<Float>
    ) {
      tiles.fill(x, rows: rows)
      if gate != nil {
        gate?(tiles, rows: rows, scratch)
        up.multiply(by: gates.floats.baseAddress.map { UnsafePointer($0) })
      }
      up(tiles, rows: rows, scratch)
      if let halves = whole?.halves { innerTiles.fill(narrow: halves, rows: rows) }
      down.write(to: out)
      down.add(residual)
      down(innerTiles, rows: rows, scratch)
      withExtendedLifetime((gates, whole)) {}
    }
  }
}
