import CKernels

/// A weight in bfloat16, packed for the kernels that multiply by it.
final class Panels: Sendable {
  /// 1, or 2 where each number is the sum of two bfloat16.
  let parts: Int
  private let memory: PackedMemory

  /// - Parameter rows: `[outputs, inputs]`
  init(_ rows: Tensor, parts: Int) {
    self.parts = parts
    let count = ck_bf16_count(rows.rows, rows.columns, parts)
    memory = PackedMemory(byteCount: count * MemoryLayout<UInt16>.stride)
    let panels = memory.start.bindMemory(to: UInt16.self, capacity: count)
    rows.withPointer { ck_panels_bf16(panels, $0, rows.rows, rows.columns, parts) }
  }

  /// Lends the packed numbers.
  func withPointer<Result>(_ body: (UnsafePointer<UInt16>) -> Result) -> Result {
    withExtendedLifetime(memory) {
      body(UnsafePointer(memory.start.assumingMemoryBound(to: UInt16.self)))
    }
  }
}
