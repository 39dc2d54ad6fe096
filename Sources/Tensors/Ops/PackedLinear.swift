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
        rows: min(rows, PackedProduct.blockRows), columns: columns, for: panels)
      var product = PackedProduct(layer, panels, activation)
      eachPackedBlock { x, count, start in
        tiles.fill(x, rows: count)
        let place = start * outputs
        product.write(to: out + place)
        factor.withPart(from: place) { factor in
          residual.withPart(from: place) { residual in
            product.multiply(by: factor)
            product.add(residual)
            product(tiles, rows: count, scratch)
          }
        }
      }
    }
  }
}
