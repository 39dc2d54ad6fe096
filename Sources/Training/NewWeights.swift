package import Tensors

/// Weights that training begins with, drawn as torch draws them.
package enum NewWeights {
  /// A linear layer as `torch.nn.Linear` begins after `torch.manual_seed(seed)`: first the matrix, then
  /// the bias, uniform in ±1/√inputs (He, Zhang, Ren and Sun, 2015, with a slope of √5).
  /// - Shapes: → `[outputs, inputs]`, `[outputs]`
  package static func linear(
    outputs: Int, inputs: Int, seed: Int
  ) -> (weight: Tensor, bias: Tensor) {
    var generator = TorchGenerator(seed: seed)
    // The gain of that slope, in the order of torch's own operations.
    let deviation = (2.0 / (1 + 5.0.squareRoot() * 5.0.squareRoot())).squareRoot()
    let limit = 3.0.squareRoot() * (deviation / Double(inputs).squareRoot())
    let weight = generator.uniform(outputs * inputs, within: Float(limit))
    let bias = generator.uniform(outputs, within: Float(1 / Double(inputs).squareRoot()))
    return (Tensor([outputs, inputs], weight), Tensor([outputs], bias))
  }
}

extension TorchGenerator {
  /// Numbers of 24 bits, uniform in −limit ..< limit.
  fileprivate mutating func uniform(_ count: Int, within limit: Float) -> [Float] {
    (0..<count).map { _ in (-limit).addingProduct(Float(next() & 0xff_ffff) * 0x1p-24, 2 * limit) }
  }
}
