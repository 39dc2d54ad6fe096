import CKernels

/// How a file stores a real number; raised to `Float` when it is read.
package enum FloatFormat: Sendable {
  case float64, float32, float16, bfloat16
}

extension Tensor {
  /// The numbers that `bytes` hold in `format`, little-endian and perhaps unaligned.
  package init(_ shape: [Int], raising bytes: UnsafeRawBufferPointer, from format: FloatFormat) {
    self.init(shape) { out in
      switch format {
      case .float16, .bfloat16:
        let widen = format == .float16 ? ck_widen_f16 : ck_widen_bf16
        // The kernels read whole aligned elements, so these are copied first: a million at a time,
        // as the copy of all would take half as much again.
        let share = 1 << 20
        for start in stride(from: 0, to: out.count, by: share) {
          let count = min(share, out.count - start)
          let part = UnsafeRawBufferPointer(rebasing: bytes[2 * start..<2 * (start + count)])
          let halves = [UInt16](unsafeUninitializedCapacity: count) { halves, copied in
            UnsafeMutableRawBufferPointer(halves).copyMemory(from: part)
            copied = count
          }
          widen(out.baseAddress.map { $0 + start }, halves, count)
        }
      case .float64:
        for index in out.indices {
          out[index] = Float(bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
        }
      case .float32:
        UnsafeMutableRawBufferPointer(out).copyMemory(from: bytes)
      }
    }
  }
}

extension FloatFormat {
  package var byteCount: Int {
    switch self {
    case .float64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }

  /// The numbers as this format stores them, little-endian, each rounded to the nearest, ties to
  /// even; `nil` when a finite one is too large for it.
  package func bytes(of floats: UnsafeBufferPointer<Float>) -> [UInt8]? {
    switch self {
    case .float64: return floats.map { Double($0) }.withUnsafeBytes { Array($0) }
    case .float32: return Array(UnsafeRawBufferPointer(floats))
    case .float16, .bfloat16:
      let halves = floats.map { self == .float16 ? Float16($0).bitPattern : Self.bfloat16($0) }
      let exponent: UInt16 = self == .float16 ? 0x7C00 : 0x7F80
      for (half, float) in zip(halves, floats) where half & exponent == exponent && float.isFinite {
        return nil
      }
      return halves.withUnsafeBytes { Array($0) }
    }
  }

  /// The upper half of a float's bits, rounded; a NaN stays one.
  private static func bfloat16(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    guard !x.isNaN else { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
