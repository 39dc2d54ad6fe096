extension Tensor {
  /// `linear` with a packed weight.
  func packedLinear(
    _ layer: Linear, _ activation: Activation, _ factor: Tensor?, _ residual: Tensor?
  ) -> Tensor {
    let outputs = layer.weight.outputs
    return Tensor([rows, outputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      let product = PackedProduct(layer, activation)
      eachPackedBlock(parts: product.parts) {
        PackedRun(product, rows: $0)
      } body: {
        run, x, count, start in
        let offset = start * outputs
        run.product.write(to: out + offset)
        factor.withPart(from: offset) { factor in
          residual.withPart(from: offset) { residual in
            run.product.multiply(by: factor)
            run.product.add(residual)
            run(x, rows: count)
          }
        }
      }
    }
  }

  /// x · Wᵀ + b with a packed weight, rounded to bfloat16.
  /// - Shapes: `[N, inputs]` → `[N, outputs]`
  func packedLinear(toBFloat16 layer: Linear) -> BFloat16Rows {
    let outputs = layer.weight.outputs
    return BFloat16Rows(rows: rows, columns: outputs) { out, _ in
      nonisolated(unsafe) let out = out
      let product = PackedProduct(layer)
      eachPackedBlock(parts: product.parts) {
        PackedRun(product, rows: $0)
      } body: {
        run, x, count, start in
        run.product.write(bfloat16: out + start * outputs)
        run(x, rows: count)
      }
    }
  }

  /// x · Wᵀ + b + residual of rows that are packed already.
  /// - Shapes: x `[rows, inputs]` → `[rows, outputs]`
  static func packedLinear(
    _ x: PackedRows, rows: Int, _ layer: Linear, adding residual: Tensor?
  ) -> Tensor {
    let outputs = layer.weight.outputs
    return Tensor([rows, outputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      let asked = PackedProduct(layer)
      Parallel.split(rows, unit: PackedProduct.unitRows, parts: asked.parts) { part in
        var product = asked
        product.write(to: out + part.lowerBound * outputs)
        residual.withPart(from: part.lowerBound * outputs) { residual in
          product.add(residual)
          product(
            x.dropping(first: part.lowerBound), rows: part.count,
            PackedScratch(rows: part.count, for: [product]))
        }
      }
    }
  }
}
