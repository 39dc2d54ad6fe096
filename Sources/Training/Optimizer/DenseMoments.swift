import CKernels
import Tensors

/// The moments of all numbers of a tensor.
final class DenseMoments {
  let first: NumberBlock
  let second: NumberBlock
  /// t, those that the tensor had derivatives in.
  var steps = 0

  init(count: Int) {
    (first, second) = (NumberBlock(count: count), NumberBlock(count: count))
  }
}

/// A part of a tensor's step, small enough that threads share the work evenly.
struct DenseStep: Sendable {
  private let values: NumberBlock
  private let first: NumberBlock
  private let second: NumberBlock
  private let gradient: Gradient
  /// H, the numbers of a row.
  private let columns: Int
  /// The numbers of this part; whole rows where the derivatives are of rows.
  private let range: Range<Int>
  private let step: ck_adamw

  // 256 kB of each of four operands: more than threads cost, less than a cache.
  private static let size = 1 << 16

  static func parts(
    _ tensor: Parameters.Trained, _ moments: DenseMoments, _ gradient: Gradient, _ step: ck_adamw
  ) -> [DenseStep] {
    let columns = max(1, tensor.shape.last ?? 1)
    let size = max(1, size / columns) * columns
    let count = tensor.values.count
    return stride(from: 0, to: count, by: size).map { start in
      DenseStep(
        values: tensor.values, first: moments.first, second: moments.second, gradient: gradient,
        columns: columns, range: start..<min(start + size, count), step: step)
    }
  }

  func callAsFunction() {
    switch gradient {
    case .dense(let tensor):
      precondition(tensor.count == values.count, "\(tensor.shape) for \(values.count) numbers")
      tensor.withFloats { step(range, $0.baseAddress.map { $0 + range.lowerBound }) }
    case .rows(let table): step(of: table)
    }
  }

  /// Rows that did not occur have derivatives of 0, not none.
  private func step(of table: TableGradient) {
    precondition(table.tableRows * columns == values.count, "another table")
    table.rows.withFloats { rows in
      var next = range.lowerBound
      for (index, id) in table.ids.enumerated() where range.contains(Int(id) * columns) {
        let place = Int(id) * columns
        step(next..<place, nil)
        step(place..<place + columns, rows.baseAddress.map { $0 + index * columns })
        next = place + columns
      }
      step(next..<range.upperBound, nil)
    }
  }

  private func step(_ range: Range<Int>, _ gradient: UnsafePointer<Float>?) {
    guard !range.isEmpty else { return }
    let start = range.lowerBound
    withUnsafePointer(to: step) {
      ck_adamw_step(
        values.floats + start, first.floats + start, second.floats + start, gradient, $0,
        range.count)
    }
  }
}
