import CKernels
import Glibc
import Testing

private func softmax(_ x: [Float], rows: Int = 1, scale: Float = 1) -> [Float] {
  var y = x
  y.withUnsafeMutableBufferPointer { ck_softmax($0.baseAddress, rows, $0.count / rows, scale) }
  return y
}

private func layerNorm(
  _ x: [Float], _ residual: [Float]? = nil, weight: [Float], bias: [Float], epsilon: Float = 1e-12
) -> [Float] {
  var out = x
  let rows = weight.isEmpty ? 1 : x.count / weight.count
  ck_layer_norm(&out, x, residual, weight, bias, epsilon, rows, weight.count)
  return out
}

/// The norm of one row in double precision, before weight and bias.
private func normalized(_ y: [Double], epsilon: Double) -> [Double] {
  let mean = y.reduce(0, +) / Double(y.count)
  let variance = y.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(y.count)
  return y.map { ($0 - mean) / (variance + epsilon).squareRoot() }
}

@Suite struct SoftmaxTests {
  @Test(arguments: sizes, [Float(0.125), 0.1767767, 1, 3])
  func agreesWithDoublePrecision(columns: Int, scale: Float) {
    for spread: Float in [0.5, 4, 30] {
      let x = random(columns, in: -spread...spread)
      let exponents = x.map { Double($0) * Double(scale) }
      let most = exponents.max() ?? 0
      let total = exponents.map { exp($0 - most) }.reduce(0, +)
      let wrong = zip(softmax(x, scale: scale), exponents).filter { y, exponent in
        let expected = exp(exponent - most) / total
        let bound = 5e-7 + 1.2e-7 * (most - exponent)
        // Below -86 the quotient may fall under the least normal number.
        return exponent - most > -86 && !((Double(y) - expected).magnitude <= bound * expected)
      }
      #expect(wrong.map(\.1) == [])
    }
  }

  @Test func exponentialIsWithinTwoUnitsInTheLastPlace() {
    // Beside 0, an x below -17 adds nothing to the sum: its softmax is exp(x).
    let wrong = stride(from: Float(-87), to: -17.5, by: 0x1p-10).filter { x in
      let expected = exp(Double(x))
      let error = (Double(softmax([0, x])[1]) - expected).magnitude
      return !(error <= 2 * Double(Float(expected).ulp))
    }
    #expect(wrong == [])
  }

  @Test func farBelowTheLargestIsZero() {
    for x: Float in [-88, -1000, -1e30, -.greatestFiniteMagnitude, -.infinity] {
      #expect(softmax([x, 0, x]) == [0, 1, 0])
    }
  }

  @Test func oneElementIsOne() {
    for x: Float in [0, 1, -3e38, 3e38, .leastNonzeroMagnitude] {
      #expect(softmax([x], scale: 0.125) == [1])
      #expect(softmax([x, x, x], rows: 3) == [1, 1, 1])
    }
  }

  @Test func hugeScoresDoNotOverflow() {
    #expect(softmax([3e38, -3e38, 3e38, 0], scale: 0.125) == [0.5, 0, 0.5, 0])
  }

  @Test(arguments: sizes.dropFirst())
  func notANumberFillsItsRowAndNoOther(columns: Int) {
    for place in Set([0, columns / 2, columns - 1]) {
      for bad in [Float.nan, .infinity, Float(bitPattern: 0x7FFF_FFFF)] {
        var x = random(3 * columns)
        let without = softmax(x, rows: 3)
        x[columns + place] = bad
        let y = softmax(x, rows: 3)
        #expect(y[columns..<(2 * columns)].allSatisfy { $0.isNaN })
        #expect(bits(y[..<columns]) == bits(without[..<columns]))
        #expect(bits(y[(2 * columns)...]) == bits(without[(2 * columns)...]))
      }
    }
  }

  @Test(arguments: sizes.dropFirst())
  func aRowIsTheSameWhereverItStands(columns: Int) {
    #expect(rowsThatDiffer(columns: columns) { ck_softmax($0, $1, $2, 0.1767767) } == [])
  }

  @Test(arguments: sizes)
  func writesNothingBehindTheLastRow(columns: Int) {
    var x = random(3 * columns + 16)
    let behind = x[(3 * columns)...]
    ck_softmax(&x, 3, columns, 1)
    #expect(x[(3 * columns)...] == behind)
  }

  @Test func noRowsAreSafe() {
    ck_softmax(nil, 0, 14, 1)
    ck_softmax(nil, 3, 0, 1)
  }
}

@Suite struct LayerNormTests {
  @Test(arguments: sizes.dropFirst(3), [Float(1e-12), 1e-5])
  func agreesWithDoublePrecision(columns: Int, epsilon: Float) {
    let weight = random(columns, in: 0.5...1, seed: 2)
    let bias = random(columns, in: -0.5...0.5, seed: 3)
    for shift: Float in [0, 1] {
      let x = random(3 * columns, in: (shift - 2)...(shift + 2), seed: 4)
      let residual = random(3 * columns, in: -1...1, seed: 5)
      for other in [nil, residual] {
        let y = layerNorm(x, other, weight: weight, bias: bias, epsilon: epsilon)
        for row in 0..<3 {
          let place = (row * columns)..<((row + 1) * columns)
          let sum = place.map { Double(x[$0]) + Double(other?[$0] ?? 0) }
          let expected = normalized(sum, epsilon: Double(epsilon))
          for column in 0..<columns {
            let twin = expected[column] * Double(weight[column]) + Double(bias[column])
            let largest = max(weight[column], bias[column].magnitude, Float(twin.magnitude))
            let error = (Double(y[place.lowerBound + column]) - twin).magnitude
            #expect(error <= 2e-6 * Double(largest))
          }
        }
      }
    }
  }

  @Test func oneLargeElementStandsOut() {
    // Its normalised value is nearly √columns, the largest there can be.
    var x = random(1000, in: -1...1)
    x[500] = 1e4
    let ones = [Float](repeating: 1, count: 1000)
    let y = layerNorm(x, weight: ones, bias: ones.map { _ in 0 })
    for (y, twin) in zip(y, normalized(x.map(Double.init), epsilon: 1e-12)) {
      #expect((Double(y) - twin).magnitude <= 2e-6 * max(twin.magnitude, 1))
    }
  }

  @Test(arguments: sizes.dropFirst())
  func constantRowsBecomeTheBias(columns: Int) {
    // A power of two, so that the mean is exact and the variance 0: only epsilon is left.
    let bias = random(columns)
    let x = [Float](repeating: 4, count: columns)
    #expect(layerNorm(x, weight: bias, bias: bias, epsilon: 1e-12) == bias)
  }

  @Test(arguments: sizes)
  func theResultMayReplaceEitherInput(columns: Int) {
    let x = random(3 * columns, seed: 1)
    let residual = random(3 * columns, seed: 2)
    let weight = random(columns, seed: 3)
    let expected = layerNorm(x, residual, weight: weight, bias: weight)
    for (first, second) in [(x, residual), (residual, x)] {
      var replaced = first
      replaced.withUnsafeMutableBufferPointer {
        ck_layer_norm($0.baseAddress, $0.baseAddress, second, weight, weight, 1e-12, 3, columns)
      }
      #expect(bits(replaced) == bits(expected))
      replaced = first
      replaced.withUnsafeMutableBufferPointer {
        ck_layer_norm($0.baseAddress, second, $0.baseAddress, weight, weight, 1e-12, 3, columns)
      }
      #expect(bits(replaced) == bits(expected))
    }
    var alone = x
    alone.withUnsafeMutableBufferPointer {
      ck_layer_norm($0.baseAddress, $0.baseAddress, nil, weight, weight, 1e-12, 3, columns)
    }
    #expect(bits(alone) == bits(layerNorm(x, weight: weight, bias: weight)))
  }

  @Test(arguments: sizes.dropFirst())
  func aRowIsTheSameWhereverItStands(columns: Int) {
    let weight = random(columns, seed: 3)
    #expect(
      rowsThatDiffer(columns: columns) {
        ck_layer_norm($0, $0, nil, weight, weight, 1e-12, $1, $2)
      } == [])
    #expect(
      rowsThatDiffer(columns: columns) {
        ck_layer_norm($0, $0, $0, weight, weight, 1e-12, $1, $2)
      } == [])
  }

  @Test(arguments: sizes.dropFirst())
  func notANumberFillsItsRowAndNoOther(columns: Int) {
    let weight = random(columns, seed: 3)
    for bad in [Float.nan, .infinity] {
      var x = random(3 * columns)
      let without = layerNorm(x, weight: weight, bias: weight)
      x[2 * columns - 1] = bad
      let y = layerNorm(x, weight: weight, bias: weight)
      #expect(y[columns..<(2 * columns)].allSatisfy { $0.isNaN })
      #expect(bits(y[..<columns]) == bits(without[..<columns]))
      #expect(bits(y[(2 * columns)...]) == bits(without[(2 * columns)...]))
    }
  }

  @Test(arguments: sizes)
  func writesNothingBehindTheLastRow(columns: Int) {
    let x = random(3 * columns)
    let weight = random(columns)
    var out = random(3 * columns + 16)
    let behind = out[(3 * columns)...]
    ck_layer_norm(&out, x, x, weight, weight, 1e-5, 3, columns)
    #expect(out[(3 * columns)...] == behind)
  }

  @Test func noRowsAreSafe() {
    ck_layer_norm(nil, nil, nil, nil, nil, 1e-12, 0, 384)
    ck_layer_norm(nil, nil, nil, nil, nil, 1e-12, 3, 0)
  }
}
