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
private struct PackedFeedForward {
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
    let block = min(x.rows, PackedProduct.blockRows)
    return Tensor([x.rows, outputs]) { out in
      guard let out = out.baseAddress else { return }
      let scratch = PackedScratch()
      var (gate, up, down) = (gate, up, down)
      let tiles = Tiles(rows: block, columns: x.columns, for: up.panels)
      let innerTiles = Tiles(rows: block, columns: inner, for: down.panels)
      // In 8 bits a row must be there as a whole before it can be scaled.
      let isDirect = innerTiles.parts != nil
      let gates = Storage(count: gate == nil ? 0 : block * inner)
      let whole = Storage(count: isDirect ? 0 : block * inner)
      gate?.write(to: gates.floats.baseAddress)
      if isDirect { up.write(tiles: innerTiles) } else { up.write(to: whole.floats.baseAddress) }
      x.eachPackedBlock { x, count, start in
        tiles.fill(x, rows: count)
        if gate != nil {
          gate?(tiles, rows: count, scratch)
          up.multiply(by: gates.floats.baseAddress.map { UnsafePointer($0) })
        }
        up(tiles, rows: count, scratch)
        if !isDirect, let whole = whole.floats.baseAddress { innerTiles.fill(whole, rows: count) }
        down.write(to: out + start * outputs)
        residual.withPart(from: start * outputs) { residual in
          down.add(residual)
          down(innerTiles, rows: count, scratch)
        }
      }
      withExtendedLifetime((gates, whole)) {}
    }
  }
}
