import CKernels
import Testing

typealias InPlace = @Sendable (UnsafeMutablePointer<Float>?, Int, Int) -> Void

private let functions: [(ck_activation, InPlace)] = [
  (CK_IDENTITY, { _, _, _ in }), (CK_GELU, ck_gelu), (CK_GELU_TANH, ck_gelu_tanh),
  (CK_QUICK_GELU, ck_quick_gelu), (CK_SILU, ck_silu), (CK_RELU, ck_relu), (CK_TANH, ck_tanh),
  (CK_SIGMOID, ck_sigmoid),
]

/// What becomes of the sums of a product.
@Suite struct EpilogueTests {
  private let rows = 37
  private let inputs = 40

  @Test(arguments: InstructionSet.here, [1, 31, 32, 75])
  func biasActivationFactorAndResidual(set: InstructionSet, outputs: Int) {
    let x = random(rows * inputs, in: -1...1, seed: 1)
    let w = random(outputs * inputs, in: -1...1, seed: 2)
    let bias = random(outputs, seed: 3)
    let factor = random(rows * (outputs + 3), seed: 4)
    let residual = random(rows * (outputs + 5), seed: 5)
    let sums = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    for (activation, function) in functions {
      var expected = zip(0..., sums).map { $1 + bias[$0 % outputs] }
      function(&expected, rows, outputs)
      for row in 0..<rows {
        for output in 0..<outputs {
          expected[row * outputs + output] *= factor[row * (outputs + 3) + output]
          expected[row * outputs + output] += residual[row * (outputs + 5) + output]
        }
      }
      let y = bias.withUnsafeBufferPointer { bias in
        factor.withUnsafeBufferPointer { factor in
          residual.withUnsafeBufferPointer { residual in
            product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set) {
              $0.bias = bias.baseAddress
              $0.activation = activation
              $0.factor = factor.baseAddress
              $0.factor_stride = outputs + 3
              $0.residual = residual.baseAddress
              $0.residual_stride = outputs + 5
            }
          }
        }
      }
      // Bodies differ in what they fuse: by a rounding of the product with the factor.
      let wrong = zip(y, expected).filter { !(($0 - $1).magnitude <= 4e-6) }
      #expect(wrong.count == 0, "activation \(activation.rawValue)")
    }
  }

  @Test(arguments: InstructionSet.here, [1, 31, 32, 75])
  func everyFormOfTheResultIsTheSame(set: InstructionSet, outputs: Int) {
    let x = random(rows * inputs, seed: 1)
    let w = random(outputs * inputs, seed: 2)
    let stride = outputs + 7
    for format in [CK_BFLOAT16, CK_BFLOAT16X2] {
      var halves = [UInt16](repeating: 1, count: rows * stride)
      let count = ck_packed_bytes(rows, outputs, format) / 2
      let (made, packedMade) = withAligned([UInt16](repeating: 0, count: count)) { room in
        let y = halves.withUnsafeMutableBufferPointer { halves in
          product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set) {
            $0.activation = CK_GELU
            $0.bf16 = halves.baseAddress
            $0.bf16_stride = stride
            $0.packed = room.baseAddress
            $0.packed_format = format
          }
        }
        return (y, Array(room))
      }
      #expect(packedMade == packed(made, rows: rows, columns: outputs, format))
      for row in 0..<rows {
        let place = row * stride
        let y = made[(row * outputs)..<((row + 1) * outputs)]
        #expect(bits(widened(halves[place..<(place + outputs)])) == bits(y.map(rounded)))
        #expect(halves[(place + outputs)..<(place + stride)].allSatisfy { $0 == 1 })
      }
    }
  }

  @Test(arguments: InstructionSet.here, [CK_GELU, CK_GELU_TANH].map(\.rawValue))
  func activationsForRoundedResultsAreGoodEnough(set: InstructionSet, activation: UInt32) {
    let function: InPlace = activation == CK_GELU.rawValue ? ck_gelu : ck_gelu_tanh
    // One input, 1: the outputs are the weights.
    let w = stride(from: Float(-12), through: 12, by: 0x1p-6).map { rounded($0) }
    var expected = w
    function(&expected, 1, w.count)
    var halves = [UInt16](repeating: 1, count: w.count)
    halves.withUnsafeMutableBufferPointer { halves in
      _ = product([1], w, rows: 1, inputs: 1, outputs: w.count, by: set) {
        $0.activation = ck_activation(activation)
        $0.bf16 = halves.baseAddress
        $0.bf16_stride = w.count
        $0.out = nil
      }
    }
    let wrong = zip(widened(halves), expected).filter { y, expected in
      !((y - expected).magnitude <= 6e-5 + expected.magnitude * 0x1p-8)
    }
    #expect(wrong.map(\.1) == [])
  }

  @Test(arguments: InstructionSet.here)
  func limitsOfTheApproximateActivations(set: InstructionSet) {
    let w: [Float] = [-3e38, -1e4, 0, 1e4, 3e38, .infinity]
    var halves = [UInt16](repeating: 1, count: w.count)
    for activation in [CK_GELU, CK_GELU_TANH] {
      halves.withUnsafeMutableBufferPointer { halves in
        _ = product([1], w, rows: 1, inputs: 1, outputs: w.count, by: set) {
          $0.activation = activation
          $0.bf16 = halves.baseAddress
          $0.bf16_stride = w.count
          $0.out = nil
        }
      }
      let y = widened(halves)
      #expect(y[..<3].allSatisfy { $0.magnitude <= 6e-5 })
      #expect(Array(y[3...]) == w[3...].map(rounded))
    }
  }
}
