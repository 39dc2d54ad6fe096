import CKernels
import CProcess
import Glibc

/// A weight packed for the kernels that multiply by it, in bfloat16 or in 8 bits; or one that is packed
/// anew for each product, some outputs at a time, so that it takes no memory beside its file.
final class PackedWeight: Sendable {
  /// Also the format of the rows that it is multiplied with.
  let format: OperandFormat
  private let memory: PackedMemory
  /// What is packed for each product; `nil` where all of it was packed once.
  let stored: StoredRows?
  /// Of 8 bits: a scale for each output, and the sum of its weights.
  private let scales: Storage, sums: PackedMemory

  var byteCount: Int { stored.map { 2 * $0.rows * $0.columns } ?? memory.byteCount }

  /// Whether threads should share its outputs, so that each is packed once, and not the rows.
  var isStored: Bool { stored != nil }

  /// - Parameter rows: `[outputs, inputs]`
  init(_ rows: Tensor, _ format: OperandFormat) {
    precondition(format != .float32, "rows of floats are not packed")
    (self.format, stored) = (format, nil)
    memory = PackedMemory(byteCount: ck_packed_bytes(rows.rows, rows.columns, format.kernel))
    // The kernels have outputs in blocks of 32.
    let scaled = format == .uint8 ? (rows.rows + 31) / 32 * 32 : 0
    scales = Storage(count: scaled)
    sums = PackedMemory(byteCount: scaled * MemoryLayout<Int32>.stride)
    rows.withPointer { first in
      nonisolated(unsafe) let first = first
      Parallel.split(rows.rows, unit: Self.panel) { part in
        pack(part, first + part.lowerBound * rows.columns, inputs: rows.columns)
      }
    }
  }

  /// One that stays where a file has it, for products in bfloat16.
  init(_ stored: StoredRows) {
    (format, self.stored) = (.bfloat16, stored)
    (memory, sums) = (PackedMemory(byteCount: 0), PackedMemory(byteCount: 0))
    scales = Storage(count: 0)
  }

  /// One in 8 bits that was packed before.
  init(_ parts: PackedParts, from owner: any AnyObject & Sendable) {
    (format, stored) = (.uint8, nil)
    memory = PackedMemory(parts.bytes, from: owner)
    sums = PackedMemory(parts.sums, from: owner)
    let floats = parts.scales.bindMemory(to: Float.self)
    scales =
      parts.isAligned
      ? Storage(borrowing: floats, from: owner) : Storage(copying: parts.scales)
  }

  // Outputs that lie together.
  static let panel = 32

  static func panelBytes(inputs: Int, _ format: OperandFormat) -> Int {
    ck_packed_bytes(panel, inputs, format.kernel)
  }

  /// Lends a weight in 8 bits.
  func withParts<Result>(_ body: (PackedParts) throws -> Result) rethrows -> Result {
    precondition(format == .uint8, "a weight in \(format)")
    return try withExtendedLifetime(self) {
      try body(
        PackedParts(
          bytes: UnsafeRawBufferPointer(start: memory.start, count: memory.byteCount),
          scales: UnsafeRawBufferPointer(scales.floats),
          sums: UnsafeRawBufferPointer(start: sums.start, count: sums.byteCount)))
    }
  }

  /// Some outputs, from a multiple of 32 on.
  private func pack(_ part: Range<Int>, _ rows: UnsafePointer<Float>, inputs: Int) {
    let bytes = ck_packed_bytes(Self.panel, inputs, format.kernel)
    let packed = memory.start + part.lowerBound / Self.panel * bytes
    if format == .uint8 {
      ck_pack_weight_int8(
        packed.assumingMemoryBound(to: Int8.self),
        scales.floats.baseAddress.map { $0 + part.lowerBound },
        sums.start.assumingMemoryBound(to: Int32.self) + part.lowerBound, rows, part.count, inputs)
    } else {
      ck_pack_weight_bf16(
        packed.assumingMemoryBound(to: UInt16.self), rows, part.count, inputs, format.kernel)
    }
  }

  /// y = x · Wᵀ, and what `setting` says becomes of it.
  func multiply(_ x: PackedRows, _ setting: inout ck_linear, _ scratch: PackedScratch) {
    precondition(x.format == format, "rows of \(x.format), a weight of \(format)")
    let features = ProcessorFeatures.found.bits
    if let stored { return multiply(x, stored, &setting, scratch) }
    withExtendedLifetime(self) {
      if format == .uint8 {
        ck_linear_int8(
          &setting, x.bytes, x.scales, x.zeros, memory.start.assumingMemoryBound(to: Int8.self),
          scales.floats.baseAddress, sums.start.assumingMemoryBound(to: Int32.self), scratch.sums,
          features)
      } else {
        ck_linear_bf16(
          &setting, x.halves, memory.start.assumingMemoryBound(to: UInt16.self), format.kernel,
          scratch.sums, features)
      }
    }
  }
}

extension PackedWeight {
  // What is packed at once stays in the second-level cache until it has met all rows.
  private static let mostPacked = 256 << 10

  private func multiply(
    _ x: PackedRows, _ stored: StoredRows, _ setting: inout ck_linear, _ scratch: PackedScratch
  ) {
    let bytes = ck_packed_bytes(Self.panel, stored.columns, format.kernel)
    let panels = max(1, Self.mostPacked / bytes)
    let packed = Storage(count: panels * bytes / MemoryLayout<Float>.stride)
    guard let start = packed.halves else { return }
    let asked = setting
    let end = asked.end_output == 0 ? asked.outputs : asked.end_output
    for first in stride(from: asked.first_output, to: end, by: panels * Self.panel) {
      (setting.first_output, setting.end_output) = (first, min(first + panels * Self.panel, end))
      for (panel, output) in stride(from: first, to: setting.end_output, by: Self.panel)
        .enumerated()
      {
        stored.pack(from: output, into: start + panel * bytes / 2)
      }
      // The kernels count from the first output of all.
      ck_linear_bf16(
        &setting, x.halves, start - first / Self.panel * bytes / 2, format.kernel, scratch.sums,
        ProcessorFeatures.found.bits)
    }
    setting = asked
    withExtendedLifetime(packed) {}
  }
}

/// The three parts of a weight in 8 bits: bytes as the kernels take them, a scale for each output, and the
/// sum of its bytes.
package struct PackedParts {
  package let bytes, scales, sums: UnsafeRawBufferPointer

  package init(
    bytes: UnsafeRawBufferPointer, scales: UnsafeRawBufferPointer, sums: UnsafeRawBufferPointer
  ) {
    (self.bytes, self.scales, self.sums) = (bytes, scales, sums)
  }

  /// Whether scales lie as floats may.
  fileprivate var isAligned: Bool {
    Int(bitPattern: scales.baseAddress) % MemoryLayout<Float>.alignment == 0
  }
}

/// Memory that is written once and then read again and again: on huge pages where the system has
/// them, so that reading it costs few translations of addresses.
///
/// It is written only where it is made and only read afterwards; that is what makes it `Sendable`.
final class PackedMemory: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  /// Keeps borrowed memory alive; `nil` where it is ours.
  private let owner: (any AnyObject & Sendable)?

  // Of a line of the cache, as vectors are.
  private static let alignment = 64

  init(byteCount: Int) {
    self.byteCount = max(byteCount, 1)
    start = cp_map(self.byteCount)
    madvise(start, self.byteCount, MADV_HUGEPAGE)
    owner = nil
  }

  /// What `owner` keeps valid and unchanged: where it lies, if the kernels can read it there, else a copy.
  init(_ bytes: UnsafeRawBufferPointer, from owner: any AnyObject & Sendable) {
    byteCount = max(bytes.count, 1)
    if let first = bytes.baseAddress, Int(bitPattern: first) % Self.alignment == 0 {
      (start, self.owner) = (UnsafeMutableRawPointer(mutating: first), owner)
    } else {
      (start, self.owner) = (cp_map(byteCount), nil)
      UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyMemory(from: bytes)
    }
  }

  deinit { if owner == nil { cp_unmap(start, byteCount) } }
}
