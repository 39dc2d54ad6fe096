/// The rate of matrix products on this machine, to compare an encoder's rate with.
package struct MatmulRate: Sendable {
  private let shapes: [(shape: ProductShape, weights: Tensor)]
  private let inputs: [Int: Tensor]
  private let rows: Int

  /// - Parameters:
  ///   - shapes: the products of one round, whose operands are not all zeros, to be credible
  ///   - rows: of the left operand, as many as a micro-batch has tokens
  package init(_ shapes: [ProductShape], rows: Int) {
    func numbers(_ rows: Int, _ columns: Int) -> Tensor {
      Tensor([rows, columns]) { out in
        for index in out.indices { out[index] = Float(index % 251) / 251 - 0.5 }
      }
    }
    let distinct = Set(shapes)
    let weights = Dictionary(
      uniqueKeysWithValues: distinct.map { shape in
        (shape, numbers(shape.outputs, shape.inputs))
      })
    self.shapes = shapes.compactMap { shape in weights[shape].map { (shape, $0) } }
    inputs = Dictionary(
      uniqueKeysWithValues: Set(distinct.map(\.inputs)).map { ($0, numbers(rows, $0)) })
    self.rows = rows
  }

  /// The processor for which OpenBLAS has the kernels that float32's products take, by its name.
  package static var kernels: String { Matmul.kernels }

  /// Operations a second over all shapes, each thread with products of its own.
  package func measure(threads: Int) throws -> Double {
    let taken = try ContinuousClock().measure {
      try Parallel.forEach(threads, threads: threads) { _ in
        for (shape, weights) in shapes {
          guard let input = inputs[shape.inputs] else { continue }
          multiply(input, weights, shape)
        }
      }
    }
    let operations = 2 * Double(rows) * shapes.reduce(0.0) { $0 + Double($1.shape.weights) }
    return operations * Double(threads) / max(taken / .seconds(1), 1e-9)
  }

  private func multiply(_ input: Tensor, _ weights: Tensor, _ shape: ProductShape) {
    _ = Tensor([rows, shape.outputs]) { out in
      guard let out = out.baseAddress else { return }
      input.withPointer { input in
        weights.withPointer { weights in
          Matmul.gemm(
            Operand(pointer: input, stride: shape.inputs),
            Operand(pointer: weights, stride: shape.inputs), transposed: true, into: out,
            stride: shape.outputs, rows, shape.outputs, shape.inputs)
        }
      }
    }
  }
}
