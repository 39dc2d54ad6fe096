import CKernels

/// Rows, inputs and outputs on both sides of every block, and more than one slab of rows.
let productShapes: [(rows: Int, inputs: Int, outputs: Int)] = [
  (1, 1, 1), (2, 5, 3), (15, 17, 16), (16, 31, 32), (17, 32, 33), (31, 33, 31), (33, 45, 70),
  (50, 768, 96), (7, 1000, 64), (545, 64, 40),
]

/// The nearest bfloat16, ties to even, of a number that is neither NaN nor subnormal.
func rounded(_ x: Float) -> Float {
  let bits = x.bitPattern
  return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
}

/// Each bfloat16 as a number.
func widened(_ x: some Sequence<UInt16>) -> [Float] {
  x.map { Float(bitPattern: UInt32($0) << 16) }
}

/// Calls `body` with a pointer to memory of 64-byte alignment that holds `numbers`.
func withAligned<Number, Result>(
  _ numbers: [Number], _ body: (UnsafeMutableBufferPointer<Number>) -> Result
) -> Result {
  let size = max(1, numbers.count) * MemoryLayout<Number>.stride
  let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
  defer { memory.deallocate() }
  let start = memory.bindMemory(to: Number.self, capacity: max(1, numbers.count))
  let buffer = UnsafeMutableBufferPointer(start: start, count: numbers.count)
  _ = buffer.initialize(fromContentsOf: numbers)
  return body(buffer)
}

/// x `[rows, columns]` as packed rows, in memory that held NaN.
func packed(
  _ x: [Float], rows: Int, columns: Int, _ format: ck_operand_format = CK_BFLOAT16
) -> [UInt16] {
  var packed = [UInt16](repeating: 0x7FFF, count: ck_packed_bytes(rows, columns, format) / 2)
  ck_pack_rows_bf16(&packed, x, columns, rows, columns, format)
  return packed
}

/// x · wᵀ by the kernels of an instruction set, with what `more` adds to the sizes.
/// - Shapes: x `[rows, inputs]`, w `[outputs, inputs]` → `[rows, outputs]`
func product(
  _ x: [Float], _ w: [Float], rows: Int, inputs: Int, outputs: Int,
  _ format: ck_operand_format = CK_BFLOAT16, by set: InstructionSet,
  _ more: (inout ck_linear) -> Void = { _ in }
) -> [Float] {
  var weight = [UInt16](repeating: 0x7FFF, count: ck_packed_bytes(outputs, inputs, format) / 2)
  ck_pack_weight_bf16(&weight, w, outputs, inputs, format)
  var out = [Float](repeating: .nan, count: rows * outputs)
  let scratch = [Float](repeating: .nan, count: ck_linear_scratch(rows, inputs, format))
  out.withUnsafeMutableBufferPointer { out in
    var linear = ck_linear()
    linear.rows = rows
    linear.inputs = inputs
    linear.outputs = outputs
    linear.out = out.baseAddress
    linear.out_stride = outputs
    more(&linear)
    withAligned(packed(x, rows: rows, columns: inputs, format)) { x in
      withAligned(weight) { w in
        withAligned(scratch) { scratch in
          ck_linear_bf16(
            &linear, x.baseAddress, w.baseAddress, format, scratch.baseAddress, set.features)
        }
      }
    }
  }
  return out
}
