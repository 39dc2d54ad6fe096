import CKernels
package import Tensors

/// The length of all derivatives together, as of one vector: the same bits on any number of
/// threads.
package func norm(of gradients: [String: Gradient], threads: Int) throws -> Double {
  let names = gradients.keys.sorted()
  let squares = try Parallel.map(names.count, threads: threads) { index in
    switch gradients[names[index]] {
    case .dense(let tensor): squareSum(tensor)
    case .rows(let table): squareSum(table.rows)
    case nil: 0.0
    }
  }
  return squares.reduce(0, +).squareRoot()
}

/// What derivatives are multiplied by so that their norm is at most `maximum`; 0 is no maximum.
package func clipping(norm: Double, maximum: Double) -> Float {
  // torch adds 1e-6, so that a norm of 0 divides nothing.
  maximum > 0 ? Float(min(1, maximum / (norm + 1e-6))) : 1
}

private func squareSum(_ tensor: Tensor) -> Double {
  tensor.withFloats { floats in
    floats.baseAddress.map { ck_sum_of_squares($0, floats.count) } ?? 0
  }
}
