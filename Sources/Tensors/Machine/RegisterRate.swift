import CKernels

/// The rate of products of what is in registers: no product of these instructions can be faster.
package enum RegisterRate {
  /// Operations a second, each thread with products of its own; a product of bf16x3 is three.
  package static func measure(_ precision: Precision, threads: Int) throws -> Double {
    let format = precision.operands
    let room = (0..<threads).map { _ in Storage(count: 1024) }
    for storage in room { storage.floats.update(repeating: 0) }
    nonisolated(unsafe) var counts = [Int](repeating: 0, count: threads)
    let taken = try counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let counts = counts
      return try ContinuousClock().measure {
        try Parallel.forEach(threads, threads: threads) { thread in
          counts[thread] = ck_register_products(
            format.kernel, times, ProcessorFeatures.found.bits, room[thread].floats.baseAddress)
        }
      }
    }
    let parts = format == .bfloat16x2 ? 3.0 : 1
    return 2 * Double(counts.reduce(0, +)) / parts / max(taken / .seconds(1), 1e-9)
  }

  // A millisecond or less: short enough to be measured often, between other work.
  private static let times = 100_000
}

extension Precision {
  /// The instructions that its products take; `nil` of those that CBLAS chooses itself.
  package var instructions: InstructionSet? {
    self == .f32 ? nil : ProcessorFeatures.found.instructions(for: operands)
  }
}
