import CKernels
import Testing

/// The byte of a column in its step of 64 columns.
private func byte(_ column: Int) -> Int { column % 16 * 4 + column % 64 / 16 }

private struct Quantized {
  var packed: [UInt8], scales: [Float], zeros: [Int32]

  init(_ x: [Float], rows: Int, columns: Int) {
    packed = [UInt8](repeating: 7, count: ck_packed_bytes(rows, columns, CK_UINT8))
    scales = [Float](repeating: -1, count: rows)
    zeros = [Int32](repeating: -1, count: rows)
    ck_pack_rows_uint8(&packed, &scales, &zeros, x, columns, rows, columns)
  }

  /// Of rows of bfloat16.
  init(bfloat16 x: [UInt16], rows: Int, columns: Int) {
    packed = [UInt8](repeating: 7, count: ck_packed_bytes(rows, columns, CK_UINT8))
    scales = [Float](repeating: -1, count: rows)
    zeros = [Int32](repeating: -1, count: rows)
    ck_pack_rows_uint8_of_bf16(&packed, &scales, &zeros, x, columns, rows, columns)
  }

  /// What the packed rows say about one element.
  func value(_ row: Int, _ column: Int, columns: Int) -> Float {
    let block = row / 32 * ((columns + 63) / 64) + column / 64
    let q = Int32(packed[block * 2048 + row % 32 * 64 + byte(column)])
    return Float(q - zeros[row]) * scales[row]
  }
}

private struct QuantizedWeights {
  var packed: [Int8], scales: [Float], sums: [Int32]

  init(_ w: [Float], outputs: Int, inputs: Int) {
    let padded = (outputs + 31) / 32 * 32
    packed = [Int8](repeating: 7, count: ck_packed_bytes(outputs, inputs, CK_UINT8))
    scales = [Float](repeating: -1, count: padded)
    sums = [Int32](repeating: -1, count: padded)
    ck_pack_weight_int8(&packed, &scales, &sums, w, outputs, inputs)
  }

  func value(_ output: Int, _ input: Int, inputs: Int) -> Float {
    let block = output / 32 * ((inputs + 63) / 64) + input / 64
    let tile = block * 2048 + output % 32 / 16 * 1024
    let position = byte(input)
    return Float(packed[tile + position / 4 * 64 + output % 16 * 4 + position % 4]) * scales[output]
  }
}

private func product(
  _ x: [Float], _ w: [Float], rows: Int, inputs: Int, outputs: Int, by set: InstructionSet
) -> [Float] {
  let left = Quantized(x, rows: rows, columns: inputs)
  let right = QuantizedWeights(w, outputs: outputs, inputs: inputs)
  var out = [Float](repeating: .nan, count: rows * outputs)
  let scratch = [Float](repeating: .nan, count: ck_linear_scratch(rows, inputs, CK_UINT8))
  out.withUnsafeMutableBufferPointer { out in
    var linear = ck_linear()
    linear.rows = rows
    linear.inputs = inputs
    linear.outputs = outputs
    linear.out = out.baseAddress
    linear.out_stride = outputs
    withAligned(left.packed) { x in
      withAligned(right.packed) { w in
        withAligned(scratch) { scratch in
          ck_linear_int8(
            &linear, x.baseAddress, left.scales, left.zeros, w.baseAddress, right.scales,
            right.sums, scratch.baseAddress, set.features)
        }
      }
    }
  }
  return out
}

/// Products of 8-bit numbers.
@Suite struct Int8ProductsTests {
  @Test(arguments: productShapes)
  func rowsOfBfloat16AreQuantizedAsTheSameNumbersInFloat(
    shape: (rows: Int, inputs: Int, outputs: Int)
  ) {
    let (rows, columns, _) = shape
    var x = random(rows * columns, in: -1...3, seed: 5).map { UInt16($0.bitPattern >> 16) }
    // A NaN in one row, an infinity in another.
    if rows > 2, columns > 0 { (x[columns - 1], x[2 * columns]) = (0x7fc0, 0xff80) }
    let halves = Quantized(bfloat16: x, rows: rows, columns: columns)
    let wide = Quantized(
      x.map { Float(bitPattern: UInt32($0) << 16) }, rows: rows, columns: columns)
    #expect(halves.packed == wide.packed)
    #expect(halves.scales.map(\.bitPattern) == wide.scales.map(\.bitPattern))
    #expect(halves.zeros == wide.zeros)
  }

  @Test(arguments: productShapes)
  func quantizedNumbersAreNoFurtherThanHalfAStep(
    shape: (rows: Int, inputs: Int, outputs: Int)
  ) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...3, seed: 1)
    let left = Quantized(x, rows: rows, columns: inputs)
    let w = random(outputs * inputs, seed: 2)
    let right = QuantizedWeights(w, outputs: outputs, inputs: inputs)
    let wrongLeft = x.indices.filter { place in
      let (row, column) = (place / inputs, place % inputs)
      let error = (left.value(row, column, columns: inputs) - x[place]).magnitude
      // The zero is rounded as well, which may cost the ends of the range half a step more.
      return !(error <= left.scales[row] * 1.01)
    }
    #expect(wrongLeft == [])
    let wrongRight = w.indices.filter { place in
      let (output, input) = (place / inputs, place % inputs)
      let error = (right.value(output, input, inputs: inputs) - w[place]).magnitude
      return !(error <= right.scales[output] * 0.5001)
    }
    #expect(wrongRight == [])
  }

  @Test(arguments: InstructionSet.here, productShapes)
  func sumsAreOfFloatQuality(set: InstructionSet, shape: (rows: Int, inputs: Int, outputs: Int)) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...3, seed: 1)
    let w = random(outputs * inputs, seed: 2)
    let left = Quantized(x, rows: rows, columns: inputs)
    let right = QuantizedWeights(w, outputs: outputs, inputs: inputs)
    let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    let xs = x.indices.map { place in
      let (row, k) = (place / inputs, place % inputs)
      return Int((left.value(row, k, columns: inputs) / left.scales[row]).rounded())
    }
    let ws = w.indices.map { place in
      let (output, k) = (place / inputs, place % inputs)
      return Int((right.value(output, k, inputs: inputs) / right.scales[output]).rounded())
    }
    let wrong = y.indices.filter { place in
      let (row, output) = (place / outputs, place % outputs)
      var sum = 0
      for k in 0..<inputs { sum += xs[row * inputs + k] * ws[output * inputs + k] }
      let scale = left.scales[row] * right.scales[output]
      // Two integers of which this is the difference are rounded.
      let zeros = Float(Int(left.zeros[row]) * Int(right.sums[output]))
      let bound = 0x1p-22 * (Float(sum).magnitude + zeros.magnitude) * scale
      return !((y[place] - Float(sum) * scale).magnitude <= bound)
    }
    #expect(wrong == [])
  }

  @Test(arguments: InstructionSet.vector, productShapes)
  func agreesWithPortableCode(set: InstructionSet, shape: (rows: Int, inputs: Int, outputs: Int)) {
    let (rows, inputs, outputs) = shape
    let x = random(rows * inputs, in: -1...3, seed: 3)
    let w = random(outputs * inputs, in: -1...1, seed: 4)
    let y = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    let z = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: .portable)
    // Sums are the same integers, and all that has vectors fuses products alike.
    #expect(bits(y) == bits(z))
  }

  @Test(arguments: InstructionSet.here)
  func largestSumsDoNotOverflow(set: InstructionSet) {
    let inputs = 65_536
    let x = [Float](repeating: 1, count: inputs)
    #expect(product(x, x, rows: 1, inputs: inputs, outputs: 1, by: set) == [65_536])
  }

  @Test(arguments: InstructionSet.here)
  func rowsOfZerosAndRowsOfNothing(set: InstructionSet) {
    let x: [Float] = [0, 0, 0, 1, 2, 3, 0, .nan, 0, .infinity, 1, 1, 0x1p-143, -0x1p-143, 0]
    let y = product(x, [1, 1, 1, 0, 0, 0], rows: 5, inputs: 3, outputs: 2, by: set)
    #expect(y[0] == 0 && y[1] == 0)
    #expect((y[2] - 6).magnitude < 0.05 && y[3] == 0)
    #expect(y[4..<8].allSatisfy { $0.isNaN })
    #expect(y[8].magnitude < 0x1p-130 && y[9] == 0)
  }

  @Test(arguments: InstructionSet.here)
  func aRowIsTheSameWhateverIsBesideIt(set: InstructionSet) {
    let (rows, inputs, outputs) = (70, 100, 45)
    let x = random(rows * inputs, seed: 1)
    let w = random(outputs * inputs, seed: 2)
    let all = product(x, w, rows: rows, inputs: inputs, outputs: outputs, by: set)
    for row in [0, 15, 16, 31, 32, 69] {
      let part = Array(x[(row * inputs)..<((row + 1) * inputs)])
      let y = product(part, w, rows: 1, inputs: inputs, outputs: outputs, by: set)
      #expect(bits(y) == bits(all[(row * outputs)..<((row + 1) * outputs)]))
    }
  }
}
