import ModelFiles
import TestSupport
import Testing

@testable import Tensors

/// Rows in half precision where they are stored, against the same raised.
@Suite struct StoredRowsTests {
  /// Keeps memory of a test's own.
  private final class Halves: @unchecked Sendable {
    let memory: UnsafeMutableBufferPointer<UInt16>

    init(_ halves: [UInt16]) {
      memory = .allocate(capacity: halves.count)
      _ = memory.initialize(from: halves)
    }

    deinit { memory.deallocate() }
  }

  private func rows(_ counts: [Int], _ columns: Int, _ samples: inout Samples) -> StoredRows {
    let parts = counts.map { count in
      Halves(
        samples.floats(count * columns).map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) })
    }
    return StoredRows(
      parts.map { (halves: UnsafeBufferPointer($0.memory), owner: $0) }, columns: columns,
      .bfloat16)
  }

  @Test func rowsAreRaisedAsTheyAre() {
    let halves: [Float16] = [1, -0.5, 65504, 6e-8, 2, 3]
    let owner = Halves(halves.map(\.bitPattern))
    let stored = StoredRows(
      [(halves: UnsafeBufferPointer(owner.memory), owner: owner)], columns: 2, .float16)
    #expect(stored.rows(at: [2, 0, 2]).elements == [2, 3, 1, -0.5, 2, 3])
    #expect(stored.raised.elements == halves.map(Float.init))
  }

  /// Parts that end within a panel of 32, columns that end within a step of 32, and more rows of x than a
  /// block has.
  @Test(arguments: [
    ([40], 64, 5), ([7, 33, 1], 96, 40), ([64, 64], 33, 3), ([200, 100], 2048, 600), ([1], 1, 1),
  ])
  func aProductWithThemIsThatWithPackedOnes(_ counts: [Int], _ columns: Int, _ count: Int) {
    var samples = Samples(seed: 8)
    let stored = rows(counts, columns, &samples)
    let outputs = counts.reduce(0, +)
    let bias = Tensor([outputs], samples.floats(outputs))
    let x = samples.tensor(count, columns)
    func product(_ weight: Weight, threads: Int) -> [Float] {
      Parallel.sharing(threads) {
        Linear(weight: weight, bias: bias)(x, then: .gelu).elements
      }
    }
    let packed = product(Weight(rows: stored.raised, .bf16), threads: 1)
    for threads in [1, 3] {
      #expect(product(Weight(stored: stored), threads: threads) == packed)
    }
  }
}
