import CKernels
import Testing

/// For each element of x · wᵀ the sum in double precision and the sum of magnitudes.
private func twin(
  _ x: [Float], _ w: [Float], rows: Int, inputs: Int, outputs: Int
) -> [(sum: Double, magnitudes: Double)] {
  (0..<rows * outputs).map { place in
    let (row, output) = (place / outputs, place % outputs)
    var sum = 0.0
    var magnitudes = 0.0
    for k in 0..<inputs {
      let term = Double(x[row * inputs + k]) * Double(w[output * inputs + k])
      sum += term
      magnitudes += term.magnitude
    }
    return (sum, magnitudes)
  }
}

@Suite struct ProductsTests {
  @Test(arguments: InstructionSet.here, productShapes)
  func sumsOfRoundedNumbersAreOfFloatQuality(
    set: InstructionSet, shape: (rows: Int, inputs: Int, outputs: Int)
  ) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...1, seed: 1)
    let w = random(outputs * inputs, in: -1...1, seed: 2)
    let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    let expected = twin(
      x.map(rounded), w.map(rounded), rows: rows, inputs: inputs, outputs: outputs)
    let wrong = zip(y, expected).filter { y, expected in
      !((Double(y) - expected.sum).magnitude <= 1e-6 * expected.magnitudes)
    }
    #expect(wrong.count == 0)
  }

  @Test(arguments: InstructionSet.here, productShapes)
  func sumsOfTwoBFloat16KeepSixteenBits(
    set: InstructionSet, shape: (rows: Int, inputs: Int, outputs: Int)
  ) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...1, seed: 1)
    let w = random(outputs * inputs, in: -1...1, seed: 2)
    let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, CK_BFLOAT16X2, by: set)
    let expected = twin(x, w, rows: rows, inputs: inputs, outputs: outputs)
    // A part keeps 8 bits: 2⁻¹⁶ is lost of either factor at most, and as much with the product of
    // the lower parts.
    let wrong = zip(y, expected).filter { y, expected in
      !((Double(y) - expected.sum).magnitude <= 3 * 0x1p-16 * expected.magnitudes)
    }
    #expect(wrong.count == 0)
    let error = zip(y, expected).map { (Double($0) - $1.sum) * (Double($0) - $1.sum) }
    let square = expected.map { $0.sum * $0.sum }
    #expect(error.reduce(0, +) <= 0x1p-32 * square.reduce(0, +))
  }

  @Test(arguments: InstructionSet.here, [CK_BFLOAT16, CK_BFLOAT16X2])
  func aRowIsTheSameWhateverIsBesideIt(set: InstructionSet, format: ck_operand_format) {
    let (rows, inputs, outputs) = (545, 300, 45)
    let x = random(rows * inputs, seed: 1)
    let w = random(outputs * inputs, seed: 2)
    let all = product(
      x, w, rows: rows, inputs: inputs, outputs: outputs, format, by: set)
    for (first, count) in [(0, 1), (3, 16), (16, 17), (31, 33), (500, 45), (544, 1)] {
      let part = Array(x[(first * inputs)..<((first + count) * inputs)])
      let y = product(
        part, w, rows: count, inputs: inputs, outputs: outputs, format, by: set)
      #expect(bits(y) == bits(all[(first * outputs)..<((first + count) * outputs)]))
    }
  }

  @Test(arguments: InstructionSet.here)
  func notANumberFillsItsRowAndNoOther(set: InstructionSet) {
    let (rows, inputs, outputs) = (40, 33, 35)
    var x = random(rows * inputs)
    let w = random(outputs * inputs, in: 1...2)
    let without = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    x[20 * inputs + 32] = .nan
    let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    #expect(y[(20 * outputs)..<(21 * outputs)].allSatisfy { $0.isNaN })
    #expect(bits(y[..<(20 * outputs)]) == bits(without[..<(20 * outputs)]))
    #expect(bits(y[(21 * outputs)...]) == bits(without[(21 * outputs)...]))
  }

  @Test(arguments: InstructionSet.here)
  func nothingToDoIsSafe(set: InstructionSet) {
    #expect(product([], [1], rows: 0, inputs: 1, outputs: 1, by: set) == [])
    #expect(product([1], [], rows: 1, inputs: 1, outputs: 0, by: set) == [])
    #expect(product([], [], rows: 2, inputs: 0, outputs: 3, by: set) == [0, 0, 0, 0, 0, 0])
  }

  /// Long rows of inputs are added up in several products.
  @Test(arguments: InstructionSet.here)
  func longRowsKeepWhatTheyMeet(set: InstructionSet) {
    let (rows, inputs, outputs) = (35, 7000, 33)
    let x = random(rows * inputs, in: -1...1, seed: 1)
    let w = random(outputs * inputs, in: -1...1, seed: 2)
    let bias = random(outputs, seed: 3)
    let residual = random(rows * outputs, seed: 4)
    let expected = twin(x, w, rows: rows, inputs: inputs, outputs: outputs)
    var halves = [UInt16](repeating: 1, count: rows * outputs)
    let y = bias.withUnsafeBufferPointer { bias in
      residual.withUnsafeBufferPointer { residual in
        halves.withUnsafeMutableBufferPointer { halves in
          product(x, w, rows: rows, inputs: inputs, outputs: outputs, CK_BFLOAT16X2, by: set) {
            $0.bias = bias.baseAddress
            $0.residual = residual.baseAddress
            $0.residual_stride = outputs
            $0.bf16 = halves.baseAddress
            $0.bf16_stride = outputs
          }
        }
      }
    }
    let wrong = y.indices.filter { place in
      let all = expected[place].sum + Double(bias[place % outputs]) + Double(residual[place])
      return !((Double(y[place]) - all).magnitude <= 0x1p-17 * expected[place].magnitudes)
    }
    #expect(wrong == [])
    #expect(bits(widened(halves)) == bits(y.map(rounded)))
  }

  @Test(arguments: InstructionSet.vector, productShapes)
  func agreesWithPortableCode(set: InstructionSet, shape: (rows: Int, inputs: Int, outputs: Int)) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...1, seed: 3)
    let w = random(outputs * inputs, in: -1...1, seed: 4)
    for format in [CK_BFLOAT16, CK_BFLOAT16X2] {
      let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, format, by: set)
      let z = product(x, w, rows: rows, inputs: inputs, outputs: outputs, format, by: .portable)
      #expect(zip(y, z).allSatisfy { ($0 - $1).magnitude <= 1e-6 * Float(inputs) })
      // What is widened is float32, fused alike.
      if !set.multipliesBFloat16 { #expect(bits(y) == bits(z)) }
    }
  }
}
