import CKernels
import Glibc
import Testing

/// An activation and what it should be, in double precision.
struct Activation: CustomTestStringConvertible, Sendable {
  let name: String
  let kernel: @Sendable (UnsafeMutablePointer<Float>?, Int, Int) -> Void
  let twin: @Sendable (Double) -> Double
  /// The values far to the left and far to the right, the latter as a function of x.
  let limits: (left: Float, right: @Sendable (Float) -> Float)

  var testDescription: String { name }

  func callAsFunction(_ x: [Float], rows: Int = 1) -> [Float] {
    var y = x
    y.withUnsafeMutableBufferPointer { kernel($0.baseAddress, rows, $0.count / rows) }
    return y
  }
}

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

private let smooth = [
  Activation(
    name: "gelu", kernel: { ck_gelu($0, $1, $2) },
    twin: { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    limits: (0, { $0 })),
  Activation(
    name: "gelu_tanh", kernel: { ck_gelu_tanh($0, $1, $2) },
    twin: { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) },
    limits: (0, { $0 })),
  Activation(
    name: "quick_gelu", kernel: { ck_quick_gelu($0, $1, $2) }, twin: { $0 * logistic(1.702 * $0) },
    limits: (0, { $0 })),
  Activation(
    name: "silu", kernel: { ck_silu($0, $1, $2) }, twin: { $0 * logistic($0) },
    limits: (0, { $0 })),
  Activation(
    name: "tanh", kernel: { ck_tanh($0, $1, $2) }, twin: { tanh($0) }, limits: (-1, { _ in 1 })),
  Activation(
    name: "sigmoid", kernel: { ck_sigmoid($0, $1, $2) }, twin: logistic, limits: (0, { _ in 1 })),
]

private let relu = Activation(
  name: "relu", kernel: { ck_relu($0, $1, $2) }, twin: { max($0, 0) }, limits: (0, { $0 }))

/// The largest error of `y` as a multiple of max(1, |x|), and where.
private func worst(_ activation: Activation, _ x: [Float]) -> (error: Double, x: Float) {
  let y = activation(x)
  return zip(x, y).map { x, y in
    let error = (Double(y) - activation.twin(Double(x))).magnitude
    return (error.isNaN ? .infinity : error / max(1, Double(x.magnitude)), x)
  }.max { $0.0 < $1.0 } ?? (0, 0)
}

@Suite struct ActivationsTests {
  @Test(arguments: smooth)
  func aDenseGridIsWithinTheStatedBound(_ activation: Activation) {
    let grid = stride(from: Float(-20), through: 20, by: 0x1p-13).map { $0 }
    let found = worst(activation, grid)
    #expect(found.error <= 2e-7, "at \(found.x)")
  }

  @Test(arguments: smooth)
  func everyMagnitudeIsWithinTheStatedBound(_ activation: Activation) {
    // Bit patterns a prime number apart: subnormals, tiny, ordinary and huge numbers of both signs.
    let largest = Float.greatestFiniteMagnitude.bitPattern
    let positive = stride(from: UInt32(0), through: largest, by: 15013).map(Float.init(bitPattern:))
    let found = worst(activation, positive + positive.map { -$0 } + [Float(bitPattern: largest)])
    #expect(found.error <= 2e-7, "at \(found.x)")
  }

  @Test(arguments: smooth + [relu])
  func farFromZeroTheLimitIsExact(_ activation: Activation) {
    for far: Float in [89, 1e4, 1e30, .greatestFiniteMagnitude, .infinity] {
      let y = activation([-far, far])
      #expect(y == [activation.limits.left, activation.limits.right(far)], "at ±\(far)")
    }
  }

  @Test func geluIsItsLimitFromSix() {
    let x = Array(stride(from: Float(6.001), through: 100, by: 0x1p-8))
    #expect(smooth[0](x) == x)
    #expect(smooth[0](x.map { -$0 }).allSatisfy { $0 == 0 })
  }

  @Test(arguments: smooth + [relu])
  func everySizeWritesItsElementsAndNoOthers(_ activation: Activation) {
    for size in sizes {
      let x = random(size + 16, in: -6...6)
      let all = activation(x)
      var y = x
      y.withUnsafeMutableBufferPointer { activation.kernel($0.baseAddress, 1, size) }
      #expect(bits(y) == bits(all[..<size] + x[size...]), "size \(size)")
    }
  }

  @Test(arguments: smooth + [relu])
  func notANumberStaysSoAndAlone(_ activation: Activation) {
    // Payloads in all bits, since some of the arithmetic is on bits.
    let patterns: [UInt32] = [0x7FC0_0000, 0x7FC0_0001, 0x7FFF_FFFF, 0x7F80_0001, 0xFFC0_0181]
    for pattern in patterns {
      for place in 0..<37 {
        var x = random(37)
        let without = activation(x)
        x[place] = Float(bitPattern: pattern)
        let y = activation(x)
        #expect(y.indices.allSatisfy { y[$0].isNaN == ($0 == place) })
        #expect(y.indices.allSatisfy { $0 == place || y[$0] == without[$0] })
      }
    }
  }

  @Test func reluIsExact() {
    let x = random(1000) + [0, -.leastNonzeroMagnitude, .leastNonzeroMagnitude]
    #expect(relu(x) == x.map { max($0, 0) })
  }

  @Test(arguments: smooth + [relu])
  func aRowIsTheSameWhereverItStands(_ activation: Activation) {
    for columns in sizes.dropFirst() {
      #expect(rowsThatDiffer(columns: columns, kernel: activation.kernel) == [], "\(columns)")
    }
  }

  @Test(arguments: smooth + [relu])
  func noRowsAreSafe(_ activation: Activation) {
    activation.kernel(nil, 0, 384)
    activation.kernel(nil, 3, 0)
  }
}
