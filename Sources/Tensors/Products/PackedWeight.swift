import CKernels

/// A weight packed for the kernels that multiply by it, in bfloat16 or in 8 bits.
final class PackedWeight: Sendable {
  enum Form: Sendable {
    /// 1 part, or 2 where each number is the sum of two bfloat16.
    case bfloat16(parts: Int)
    /// A scale for each output, and the sum of its weights.
    case int8(scales: Storage, sums: PackedMemory)
  }

  let form: Form
  private let memory: PackedMemory

  /// - Parameter rows: `[outputs, inputs]`
  init(bfloat16 rows: Tensor, parts: Int) {
    form = .bfloat16(parts: parts)
    let count = ck_bf16_count(rows.rows, rows.columns, parts)
    memory = PackedMemory(byteCount: count * MemoryLayout<UInt16>.stride)
    let panels = memory.start.bindMemory(to: UInt16.self, capacity: count)
    rows.withPointer { ck_panels_bf16(panels, $0, rows.rows, rows.columns, parts) }
  }

  /// - Parameter rows: `[outputs, inputs]`
  init(int8 rows: Tensor) {
    // The kernels have outputs in blocks of 32.
    let outputs = (rows.rows + 31) / 32 * 32
    let scales = Storage(count: outputs)
    let sums = PackedMemory(byteCount: outputs * MemoryLayout<Int32>.stride)
    form = .int8(scales: scales, sums: sums)
    let count = ck_int8_count(rows.rows, rows.columns)
    memory = PackedMemory(byteCount: count)
    let panels = memory.start.bindMemory(to: Int8.self, capacity: count)
    let totals = sums.start.bindMemory(to: Int32.self, capacity: outputs)
    rows.withPointer {
      ck_panels_int8(panels, scales.floats.baseAddress, totals, $0, rows.rows, rows.columns)
    }
  }

  /// Whether rows of bfloat16 are what it is multiplied with, which a kernel can write for it.
  var parts: Int? { if case .bfloat16(let parts) = form { parts } else { nil } }

  /// y = x · Wᵀ, and what `setting` says becomes of it.
  func multiply(_ x: PackedRows, _ setting: inout ck_linear, _ scratch: PackedScratch) {
    let features = ProcessorFeatures.found.bits
    withExtendedLifetime(memory) {
      switch form {
      case .bfloat16(let parts):
        let panels = memory.start.assumingMemoryBound(to: UInt16.self)
        ck_linear_bf16(&setting, x.halves, panels, parts, scratch.sums, features)
      case .int8(let scales, let sums):
        ck_linear_int8(
          &setting, x.bytes, x.scales, x.zeros, memory.start.assumingMemoryBound(to: Int8.self),
          scales.floats.baseAddress, sums.start.assumingMemoryBound(to: Int32.self), scratch.sums,
          features)
      }
    }
  }
}
