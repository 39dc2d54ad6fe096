package import Tensors
package import Testing

/// Compares the derivatives that a network's way back gives with what happens when its tensors are
/// moved a little.
package struct DirectionalDerivatives {
  /// The tensors that are moved, by name.
  package let parameters: [String: Tensor]
  /// What the network of these tensors makes.
  package let network: ([String: Tensor]) throws -> Tensor

  /// - Parameter steps: of a tensor's own size: a larger one meets the network's bends, a smaller one
  ///   rounding; of several a third has to agree, or one where the derivative is 0 and all is rounding
  package init(
    of parameters: [String: Tensor], steps: [Float] = [0x1p-9],
    _ network: @escaping ([String: Tensor]) throws -> Tensor
  ) {
    (self.parameters, self.steps, self.network) = (parameters, steps, network)
  }

  private let steps: [Float]
  // Rounding is 6e-8 of each number, through a few layers; over the step, and with bends: measured at
  // most 6e-3 where networks have weights of order 1.
  private static let tolerance = 0.02

  /// Checks every tensor in one direction.
  /// - Parameter isUnused: whether a tensor is known to have no derivative; such a one must have none
  package func check(
    isUnused: (String) -> Bool = { _ in false }, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let leaves = parameters.mapValues { $0.tracked() }
    let output = try network(leaves)
    let seed = Tensor(output.shape, Self.numbers(output.count, from: 1))
    let gradients = Gradients(of: output, seed: seed)
    let plain = try network(parameters)
    // How far rounding moves the sum that is differentiated.
    let size = zip(plain.elements, seed.elements)
      .reduce(0) { $0 + Double($1.0 * $1.1) * Double($1.0 * $1.1) }.squareRoot()
    for name in parameters.keys.sorted() {
      guard let parameter = parameters[name], let leaf = leaves[name] else { continue }
      let gradient = gradients[leaf]?.dense(parameter.shape)
      guard let gradient else {
        if !isUnused(name) {
          Issue.record("\(name) has no derivative", sourceLocation: sourceLocation)
        }
        continue
      }
      if isUnused(name) { Issue.record("\(name) has one", sourceLocation: sourceLocation) }
      let direction = Self.direction(
        parameter, from: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
      let products = zip(gradient.elements, direction).map { Double($0) * Double($1) }
      let found = products.reduce(0, +)
      let scale = products.reduce(0) { $0 + $1 * $1 }.squareRoot()
      var problems: [String] = []
      for step in steps {
        let expected = try slope(name, parameter, direction, seed, step)
        let limit = Self.tolerance * scale + 8e-7 * size / Double(step)
        guard (found - expected).magnitude > limit else { continue }
        problems.append("\(found), should be \(expected) ± \(limit)")
      }
      let needed = found.magnitude < 1e-6 * size ? 1 : max(1, steps.count / 3)
      if steps.count - problems.count < needed {
        Issue.record("\(name): \(problems)", sourceLocation: sourceLocation)
      }
    }
  }

  /// (8 (f(ε) − f(−ε)) − (f(2ε) − f(−2ε))) / 12ε: exact for polynomials of the fourth degree.
  private func slope(
    _ name: String, _ parameter: Tensor, _ direction: [Float], _ seed: Tensor, _ step: Float
  ) throws -> Double {
    func value(_ steps: Float) throws -> Double {
      var moved = parameters
      let elements = zip(parameter.elements, direction).map { $0 + steps * step * $1 }
      moved[name] = Tensor(parameter.shape, elements)
      return zip(try network(moved).elements, seed.elements)
        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return try (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * Double(step))
  }

  /// A step of the tensor's own size for each of its numbers, up or down.
  private static func direction(_ parameter: Tensor, from seed: UInt64) -> [Float] {
    let squares = parameter.elements.reduce(0) { $0 + $1 * $1 }
    let size = max(0.05, (squares / Float(max(1, parameter.count))).squareRoot())
    return numbers(parameter.count, from: seed).map { $0 < 0 ? -size : size }
  }

  /// Numbers between -1 and 1 that repeat (xorshift64*).
  private static func numbers(_ count: Int, from seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      return Float(Int64(bitPattern: state &* 0x2545_f491_4f6c_dd1d) >> 40) / Float(1 << 23)
    }
  }
}
