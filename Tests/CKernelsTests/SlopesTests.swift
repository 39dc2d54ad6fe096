import CKernels
import Glibc
import Testing

/// The slope of an activation and what it should be, in double precision.
struct Slope: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let kernel:
    @Sendable (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int)
      -> Void
  let twin: @Sendable (Double) -> Double

  /// dy · f'(x)
  func callAsFunction(_ x: [Float], _ dy: [Float]? = nil) -> [Float] {
    var dx = dy ?? x.map { _ in 1 }
    // Where dy is, as ops do it.
    dx.withUnsafeMutableBufferPointer { kernel($0.baseAddress, x, $0.baseAddress, x.count) }
    return dx
  }
}

/// The slope of x · σ(u), given u and u'.
private func gate(_ x: Double, _ u: Double, _ slope: Double) -> Double {
  let (s, rest) = (1 / (1 + exp(-u)), 1 / (1 + exp(u)))
  return s + (s * rest == 0 ? 0 : x * slope * s * rest)
}

private let smooth = [
  Slope(testDescription: "gelu", kernel: ck_gelu_slope) { x in
    x.magnitude > 40
      ? (x > 0 ? 1 : 0)
      : 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
  },
  Slope(testDescription: "gelu_tanh", kernel: ck_gelu_tanh_slope) { x in
    let scale = 2 * (2 / Double.pi).squareRoot()
    return gate(x, scale * (x + 0.044715 * x * x * x), scale * (1 + 0.134145 * x * x))
  },
  Slope(testDescription: "quick_gelu", kernel: ck_quick_gelu_slope) {
    gate($0, 1.702 * $0, 1.702)
  },
  Slope(testDescription: "silu", kernel: ck_silu_slope) { gate($0, $0, 1) },
]

private let others = [
  Slope(testDescription: "relu", kernel: ck_relu_slope) { $0 > 0 ? 1 : 0 },
  Slope(testDescription: "tanh", kernel: ck_tanh_slope) { 1 - $0 * $0 },
  Slope(testDescription: "sigmoid", kernel: ck_sigmoid_slope) {
    $0 * (1 - $0)
  },
]

@Suite struct SlopesTests {
  private func worst(_ slope: Slope, _ x: [Float]) -> (error: Double, x: Float) {
    zip(x, slope(x)).map { x, y in
      let error = (Double(y) - slope.twin(Double(x))).magnitude
      return (error.isNaN ? .infinity : error, x)
    }.max { $0.0 < $1.0 } ?? (0, 0)
  }

  // Measured: 2e-7 at most, over every 1607th float.
  @Test(arguments: smooth)
  func aDenseGridIsWithinTheStatedBound(_ slope: Slope) {
    let found = worst(slope, stride(from: Float(-20), through: 20, by: 0x1p-12).map { $0 })
    #expect(found.error <= 3e-7, "at \(found.x)")
  }

  @Test(arguments: smooth)
  func everyMagnitudeIsWithinTheStatedBound(_ slope: Slope) {
    let largest = Float.greatestFiniteMagnitude.bitPattern
    let positive = stride(from: UInt32(0), through: largest, by: 30011).map(Float.init(bitPattern:))
    let found = worst(slope, positive + positive.map { -$0 })
    #expect(found.error <= 3e-7, "at \(found.x)")
    #expect(slope([.infinity, -.infinity]) == [1, 0])
  }

  @Test(arguments: others)
  func whatActivationsGiveIsWithinTheStatedBound(_ slope: Slope) {
    let found = worst(slope, stride(from: Float(-1), through: 1, by: 0x1p-12).map { $0 })
    #expect(found.error <= 3e-7, "at \(found.x)")
  }

  @Test(arguments: smooth + others)
  func everySizeWritesItsElementsAndNoOthers(_ slope: Slope) {
    for size in sizes {
      let (x, dy) = (random(size + 16, in: -1...1), random(size + 16, seed: 2))
      let all = slope(x, dy)
      var dx = dy
      slope.kernel(&dx, x, dy, size)
      #expect(bits(dx) == bits(all[..<size] + dy[size...]), "size \(size)")
      for (index, y) in zip(x.indices, all) {
        let expected = slope.twin(Double(x[index])) * Double(dy[index])
        #expect((Double(y) - expected).magnitude <= 3e-7 * Double(dy[index].magnitude))
      }
    }
  }

  @Test(arguments: smooth + others)
  func notANumberStaysSoAndAlone(_ slope: Slope) {
    for place in 0..<37 {
      var dy = random(37)
      dy[place] = .nan
      let dx = slope(random(37, in: -1...1), dy)
      #expect(dx.indices.allSatisfy { dx[$0].isNaN == ($0 == place) })
      guard slope.testDescription != "relu" else { continue }
      var x = random(37, in: -1...1)
      x[place] = .nan
      let slopes = slope(x)
      #expect(slopes.indices.allSatisfy { slopes[$0].isNaN == ($0 == place) })
    }
  }
}

@Suite struct SoftmaxSlopeTests {
  @Test(arguments: sizes.dropFirst(), [Float(0.125), 1])
  func agreesWithDoublePrecision(columns: Int, scale: Float) {
    var y = random(3 * columns, in: -3...3, seed: 3)
    ck_softmax(&y, 3, columns, 1)
    let dy = random(3 * columns, in: -2...2, seed: 4)
    var dx = dy
    dx.withUnsafeMutableBufferPointer {
      ck_softmax_slope($0.baseAddress, y, $0.baseAddress, 3, columns, scale)
    }
    for row in 0..<3 {
      let place = row * columns..<(row + 1) * columns
      let mean = place.map { Double(y[$0]) * Double(dy[$0]) }.reduce(0, +)
      let largest = place.map { dy[$0].magnitude }.max() ?? 0
      for index in place {
        let expected = Double(scale) * Double(y[index]) * (Double(dy[index]) - mean)
        let bound = 5e-7 * scale * y[index] * largest
        #expect((Double(dx[index]) - expected).magnitude <= Double(bound))
      }
    }
  }

  @Test(arguments: sizes.dropFirst())
  func aRowIsTheSameWhereverItStands(columns: Int) {
    #expect(
      rowsThatDiffer(columns: columns) { ck_softmax_slope($0, $0, $0, $1, $2, 0.3) } == [])
  }

  @Test(arguments: sizes)
  func writesNothingBehindTheLastRow(columns: Int) {
    var x = random(3 * columns + 16)
    let behind = x[(3 * columns)...]
    x.withUnsafeMutableBufferPointer {
      ck_softmax_slope($0.baseAddress, $0.baseAddress, $0.baseAddress, 3, columns, 1)
    }
    #expect(x[(3 * columns)...] == behind)
  }
}
