import CKernels
import Glibc

extension Tensor {
  /// softmax(scale · x) of each row of `columns` numbers, where they lie.
  /// - Returns: log Σ exp(scale · x) of each row
  package static func softmax(
    _ x: UnsafeMutableBufferPointer<Float>, columns: Int, scale: Float
  ) -> [Double] {
    let rows = columns == 0 ? 0 : x.count / columns
    guard let start = x.baseAddress, rows > 0 else { return [] }
    nonisolated(unsafe) let x = start
    return [Double](unsafeUninitializedCapacity: rows) { logarithms, count in
      nonisolated(unsafe) let out = logarithms
      Parallel.split(rows, unit: 1) { rows in
        for row in rows {
          let numbers = x + row * columns
          let largest = indexOfLargest(numbers, columns)
          let most = Double(scale) * Double(numbers[largest])
          ck_softmax(numbers, 1, columns, scale)
          // The largest share p = exp(m)/Σ is at least 1/columns, so log Σ = m − log p is exact.
          out.initializeElement(at: row, to: most - log(Double(numbers[largest])))
        }
      }
      count = rows
    }
  }

  private static func indexOfLargest(_ x: UnsafePointer<Float>, _ count: Int) -> Int {
    // Eight at a time: the compiler keeps them in one register.
    var largest = SIMD8<Float>(repeating: -.infinity)
    let whole = count / 8 * 8
    for index in stride(from: 0, to: whole, by: 8) {
      let next = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD8<Float>.self)
      largest.replace(with: next, where: next .> largest)
    }
    var most = (0..<8).map { largest[$0] }.max() ?? -.infinity
    for index in whole..<count where x[index] > most { most = x[index] }
    return (0..<count).first { x[$0] == most } ?? 0
  }
}
