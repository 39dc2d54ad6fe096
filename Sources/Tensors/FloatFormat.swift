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
        // The kernels read whole aligned elements, so these are copied first.
        let halves = [UInt16](unsafeUninitializedCapacity: out.count) { halves, count in
          UnsafeMutableRawBufferPointer(halves).copyMemory(from: bytes)
          count = out.count
        }
        let widen = format == .float16 ? ck_widen_f16 : ck_widen_bf16
        widen(out.baseAddress, halves, out.count)
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
