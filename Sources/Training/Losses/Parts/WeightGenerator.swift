import Glibc
package import Tensors

/// Numbers that new weights are drawn from: SplitMix64 (Steele, Lea and Flood, 2014).
package struct WeightGenerator {
  private var state: UInt64

  package init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  /// Uniform in 0 ..< 1, of 53 bits.
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
  }

  /// Normally distributed numbers (Box and Muller, 1958).
  package mutating func normal(_ shape: [Int], deviation: Double) -> Tensor {
    let count = shape.reduce(1, *)
    var numbers: [Float] = []
    while numbers.count < count {
      // Above 0, so that there is a logarithm.
      let (length, angle) = ((-2 * log(1 - next())).squareRoot(), 2 * Double.pi * next())
      numbers += [length * cos(angle), length * sin(angle)].map { Float(deviation * $0) }
    }
    return Tensor(shape, Array(numbers.prefix(count)))
  }

  /// A matrix and a bias, uniform in ±1/√inputs, as `torch.nn.Linear` begins.
  /// - Shapes: → `[outputs, inputs]`, `[outputs]`
  static func linear(
    _ name: String, outputs: Int, inputs: Int, seed: Int
  ) -> [(name: String, value: Tensor)] {
    var generator = WeightGenerator(seed: seed)
    let limit = 1 / Double(inputs).squareRoot()
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float((2 * generator.next() - 1) * limit) }
    }
    return [
      ("\(name).weight", Tensor([outputs, inputs], numbers(outputs * inputs))),
      ("\(name).bias", Tensor([outputs], numbers(outputs))),
    ]
  }
}
