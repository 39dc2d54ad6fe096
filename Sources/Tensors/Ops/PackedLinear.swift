extension Tensor {
  /// `linear` with a packed weight.
  func packedLinear(
    _ panels: Panels, _ layer: Linear, _ activation: Activation, _ factor: Tensor?,
    _ residual: Tensor?
  ) -> Tensor {
    let outputs = layer.weight.outputs
    return Tensor([rows, outputs]) { out in
      guard let out = out.baseAddress else { return }
      let scratch = PackedScratch()
      let tiles = Tiles(
        rows: min(rows, PackedProduct.blockRows), columns: columns, parts: panels.parts)
      var product = PackedProduct(layer, panels, activation)
      eachPackedBlock { x, count, start in
        tiles.fill(x, rows: count, columns: columns)
        let place = start * outputs
        product.write(to: out + place)
        factor.withPart(from: place) { factor in
          residual.withPart(from: place) { residual in
            product.multiply(by: factor)
            product.add(residual)
            product.run(tiles, rows: count, bias: layer.bias, scratch)
          }
        }
      }
    }
  }

  /// down(activation(gate(x)) ⊙ up(x)) + residual, or down(activation(up(x))) + residual without a
  /// gate (Shazeer, 2020).
  /// - Shapes: `[N, H]` → `[N, F]` → `[N, H]`
  package func feedForward(
    gate: Linear?, up: Linear, down: Linear, _ activation: Activation, adding residual: Tensor?
  ) -> Tensor {
    if case .panels(let upper) = up.weight.form, case .panels(let lower) = down.weight.form {
      return packedFeedForward(gate, (up, upper), (down, lower), activation, residual)
    }
    let factor = gate.map { linear($0, then: activation) }
    return linear(up, then: gate == nil ? activation : .none, times: factor)
      .linear(down, adding: residual)
  }

  /// A block of rows goes all the way before the next one starts: what lies in between stays in the
  /// cache.
  private func packedFeedForward(
    _ gate: Linear?, _ up: (layer: Linear, panels: Panels), _ down: (layer: Linear, panels: Panels),
    _ activation: Activation, _ residual: Tensor?
  ) -> Tensor {
    let (outputs, inner) = (down.layer.weight.outputs, up.layer.weight.outputs)
    let (block, parts) = (min(rows, PackedProduct.blockRows), up.panels.parts)
    return Tensor([rows, outputs]) { out in
      guard let out = out.baseAddress else { return }
      let scratch = PackedScratch()
      let tiles = Tiles(rows: block, columns: columns, parts: parts)
      let innerTiles = Tiles(rows: block, columns: inner, parts: parts)
      var upwards = PackedProduct(up.layer, up.panels, gate == nil ? activation : .none)
      var downwards = PackedProduct(down.layer, down.panels)
      upwards.write(to: innerTiles)
      let gates = gate.flatMap { PackedGate($0, activation, rows: block) }
      eachPackedBlock { x, count, start in
        tiles.fill(x, rows: count, columns: columns)
        upwards.multiply(by: gates?.values(of: tiles, rows: count, scratch))
        upwards.run(tiles, rows: count, bias: up.layer.bias, scratch)
        downwards.write(to: out + start * outputs)
        residual.withPart(from: start * outputs) { residual in
          downwards.add(residual)
          downwards.run(innerTiles, rows: count, bias: down.layer.bias, scratch)
        }
      }
    }
  }

  private func eachPackedBlock(
    _ body: (_ x: UnsafePointer<Float>, _ count: Int, _ start: Int) -> Void
  ) {
    withPointer { x in
      for start in stride(from: 0, to: rows, by: PackedProduct.blockRows) {
        body(x + start * columns, min(PackedProduct.blockRows, rows - start), start)
      }
    }
  }
}

/// What a gate lets through of a block of rows.
private struct PackedGate {
  private let layer: Linear
  private let product: PackedProduct
  private let storage: Storage

  init?(_ layer: Linear, _ activation: Activation, rows: Int) {
    guard case .panels(let panels) = layer.weight.form else { return nil }
    self.layer = layer
    storage = Storage(count: rows * layer.weight.outputs)
    var product = PackedProduct(layer, panels, activation)
    if let floats = storage.floats.baseAddress { product.write(to: floats) }
    self.product = product
  }

  /// - Shapes: → `[rows, F]`
  func values(of tiles: Tiles, rows: Int, _ scratch: PackedScratch) -> UnsafePointer<Float>? {
    var product = product
    product.run(tiles, rows: rows, bias: layer.bias, scratch)
    return storage.floats.baseAddress.map { UnsafePointer($0) }
  }
}

extension Tensor? {
  /// Lends the elements from a place on, or nothing.
  fileprivate func withPart(from place: Int, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let tensor = self else { return body(nil) }
    tensor.withPointer { body($0 + place) }
  }
}
