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

  private func rows(
    _ counts: [Int], _ columns: Int, _ format: FloatFormat, _ samples: inout Samples
  ) -> StoredRows {
    let parts = counts.map { count in
      Halves(
        samples.floats(count * columns).map {
          format == .float16
            ? Float16($0).bitPattern : UInt16(truncatingIfNeeded: $0.bitPattern >> 16)
        })
    }
    return StoredRows(
      parts.map { (halves: UnsafeBufferPointer($0.memory), owner: $0) }, columns: columns, format)
  }

  @Test func rowsAreRaisedAsTheyAre() {
    let halves: [Float16] = [1, -0.5, 65504, 6e-8, 2, 3]
    let owner = Halves(halves.map(\.bitPattern))
    let stored = StoredRows(
      [(halves: UnsafeBufferPointer(owner.memory), owner: owner)], columns: 2, .float16)
    #expect(stored.rows(at: [2, 0, 2]).elements == [2, 3, 1, -0.5, 2, 3])
    #expect(stored.raised.elements == halves.map(Float.init))
  }

  /// Parts that end within a panel of 32, columns that end within a step of 32, more rows of x than a
  /// block has, and more outputs than are raised at once.
  @Test(
    arguments: [
      ([40], 64, 5), ([7, 33, 1], 96, 40), ([64, 64], 33, 3), ([200, 100], 2048, 600), ([1], 1, 1),
      ([1000, 137], 2048, 20),
    ], [(FloatFormat.bfloat16, Precision.bf16), (.float16, .bf16), (.bfloat16, .f32)])
  func aProductWithThemIsThatWithTheSameInMemory(
    _ shape: (counts: [Int], columns: Int, count: Int),
    _ kind: (format: FloatFormat, precision: Precision)
  ) {
    let (counts, columns, count) = shape
    var samples = Samples(seed: 8)
    let stored = rows(counts, columns, kind.format, &samples)
    let outputs = counts.reduce(0, +)
    let bias = Tensor([outputs], samples.floats(outputs))
    let x = samples.tensor(count, columns)
    func product(_ weight: Weight, threads: Int) -> [Float] {
      Parallel.sharing(threads) {
        Linear(weight: weight, bias: bias)(x, then: .gelu).elements
      }
    }
    let whole = product(Weight(rows: stored.raised, kind.precision), threads: 1)
    let once = product(Weight(stored: stored, kind.precision), threads: 1)
    #expect(product(Weight(stored: stored, kind.precision), threads: 3) == once)
    // The last outputs of a product in float32 are summed in another order by some kernels.
    let isSplit = kind.precision == .f32 && outputs > 1000
    if isSplit, !Matmul.canSplit(outputs: 64, inputs: columns) {
      #expect(zip(once, whole).allSatisfy { ($0 - $1).magnitude <= 1e-4 })
    } else {
      #expect(once == whole)
    }
  }

  /// Columns that end within a block, several parts, and more rows than are raised at once.
  @Test(
    arguments: [([40], 64, 5), ([7, 33, 1], 300, 40), ([5000, 137], 520, 20), ([1], 1, 1)],
    [FloatFormat.bfloat16, .float16])
  func theWayBackIsAProductWithTheSameInMemory(
    _ shape: (counts: [Int], columns: Int, count: Int), _ format: FloatFormat
  ) {
    let (counts, columns, count) = shape
    var samples = Samples(seed: 9)
    let stored = rows(counts, columns, format, &samples)
    let y = samples.tensor(count, stored.rows)
    let found = stored.product(with: y)
    #expect(found.shape == [count, columns])
    let expected = BlockedProduct(y, stored.raised).product
    expectClose(
      found.elements, expected.elements, tolerance: 1e-6 * Float(stored.rows).squareRoot() * 10)
    #expect(Parallel.sharing(3) { stored.product(with: y).elements } == found.elements)
  }
}
