extension Tensor {
  /// `linear` with a packed weight.
  func packedLinear(
    _ panels: PackedWeight, _ layer: Linear, _ activation: Activation, _ factor: Tensor?,
    _ residual: Tensor?
  ) -> Tensor {
    let outputs = layer.weight.outputs
    return Tensor([rows, outputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      eachPackedBlock {
        PackedRun(PackedProduct(layer, panels, activation), rows: $0)
      } body: {
        run, x, count, start in
        let place = start * outputs
        run.product.write(to: out + place)
        factor.withPart(from: place) { factor in
          residual.withPart(from: place) { residual in
            run.product.multiply(by: factor)
            run.product.add(residual)
            run(x, rows: count)
          }
        }
      }
    }
  }
}
