import TestSupport
import Testing

@testable import Tensors

/// The way back through products, activations and norms.
@Suite struct LinearGradientTests {
  private static func random(_ shape: [Int], from seed: UInt64) -> Tensor {
    var samples = Samples(seed: seed)
    return Tensor(shape, samples.floats(shape.reduce(1, *)))
  }

  private let x = random([7, 12], from: 1)
  private let weight = random([10, 12], from: 2)
  private let bias = random([10], from: 3)
  private let residual = random([7, 10], from: 4)

  private func layer(_ rows: Tensor, _ bias: Tensor?, _ precision: Precision = .f32) -> Linear {
    Linear(weight: Weight(rows: rows, precision, isTrained: true), bias: bias)
  }

  // ReLU bends, which finite differences do not see.
  @Test(arguments: Activation.allCases.filter { $0 != .relu })
  func aLayerWithAnActivation(_ activation: Activation) {
    expectGradient(
      of: { $0[0].linear(layer($0[1], $0[2]), then: activation) }, at: [x, weight, bias])
  }

  @Test func aLayerWithAFactorAndAResidual() {
    expectGradient(
      of: { $0[0].linear(layer($0[1], $0[2]), then: .silu, times: $0[3], adding: $0[4]) },
      at: [x, weight, bias, Self.random([7, 10], from: 5), residual])
    expectGradient(
      of: { $0[0].linear(layer($0[1], nil), adding: $0[2]) }, at: [x, weight, residual])
  }

  /// Two changes of rank 3, of the first four outputs and of the last three.
  private func changed(_ weight: Weight, _ parts: ArraySlice<Tensor>) -> Linear {
    let parts = Array(parts)
    let changes = [(0, 0), (7, 2)].map { first, part in
      (first: first, change: LowRank(a: parts[part], b: parts[part + 1], scale: 0.5))
    }
    return Linear(weight: weight.changed(by: changes), bias: nil)
  }

  private static let changes = [
    random([3, 12], from: 11), random([4, 3], from: 12), random([3, 12], from: 13),
    random([3, 3], from: 14),
  ]

  @Test func changesBesideAWeight() {
    expectGradient(
      of: {
        $0[0].linear(changed(Weight(rows: weight), $0[2...]), then: .gelu, adding: $0[1])
      },
      at: [x, residual] + Self.changes)
  }

  @Test(arguments: [(Precision.f32, Float(1e-5)), (.bf16x3, 1e-3), (.bf16, 0.05)])
  func aProductWithChangesIsThatWithTheChangedMatrix(_ precision: Precision, _ tolerance: Float) {
    let beside = changed(Weight(rows: weight, precision, isTrained: true), Self.changes[...])
    var merged = weight.elements
    for (first, part) in [(0, 0), (7, 2)] {
      let (a, b) = (Self.changes[part], Self.changes[part + 1])
      for row in 0..<b.rows {
        for column in 0..<12 {
          for rank in 0..<3 {
            merged[(first + row) * 12 + column] +=
              0.5 * b.elements[row * 3 + rank] * a.elements[rank * 12 + column]
          }
        }
      }
    }
    let whole = Linear(weight: Weight(rows: Tensor([10, 12], merged), precision), bias: nil)
    expectClose(
      x.linear(beside, adding: residual).elements, x.linear(whole, adding: residual).elements,
      tolerance: tolerance)
  }

  @Test func normsOfRows() {
    expectGradient(
      of: { $0[0].layerNorm($0[1], $0[2], epsilon: 1e-5, adding: $0[3]) },
      at: [residual, bias, Self.random([10], from: 6), Self.random([7, 10], from: 7)])
    expectGradient(of: { $0[0].rmsNorm($0[1], epsilon: 1e-5) }, at: [residual, bias])
  }

  /// Rounded operands give rounded derivatives: of 8 bits that bfloat16 has, and of 16.
  @Test(arguments: [(Precision.bf16x3, Float(1e-4)), (.bf16, 0.03)])
  func lowerPrecisionsAreNearFloat32(_ precision: Precision, _ tolerance: Float) throws {
    let (x, weight) = (Self.random([40, 64], from: 8), Self.random([48, 64], from: 9))
    func gradients(_ precision: Precision) throws -> [[Float]] {
      let leaves = [x.tracked(), weight.tracked()]
      let y = leaves[0].linear(layer(leaves[1], nil, precision), then: .gelu)
      let found = Gradients(of: y, seed: Self.random([40, 48], from: 10))
      return try leaves.map { try #require(found[$0]).dense($0.shape).elements }
    }
    for (found, exact) in zip(try gradients(precision), try gradients(.f32)) {
      let largest = exact.map(\.magnitude).max() ?? 0
      expectClose(found, exact, tolerance: tolerance * largest)
    }
  }
}
