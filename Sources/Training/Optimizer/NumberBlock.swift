import Tensors

/// Memory of numbers that change in place: weights between two steps, and their moments.
///
/// Whoever steps is the only one to write, each of its threads in places of its own, and nobody
/// reads meanwhile; that is what makes it `Sendable`.
final class NumberBlock: @unchecked Sendable {
  let floats: UnsafeMutablePointer<Float>
  let count: Int

  /// Zeros.
  init(count: Int) {
    self.count = count
    floats = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(1, count))
    floats.initialize(repeating: 0, count: count)
  }

  convenience init(_ tensor: Tensor) {
    self.init(count: tensor.count)
    fill(tensor)
  }

  deinit { floats.deallocate() }

  func fill(_ tensor: Tensor) {
    precondition(tensor.count == count, "\(tensor.count) numbers for \(count)")
    tensor.withFloats { source in
      guard let source = source.baseAddress else { return }
      floats.update(from: source, count: count)
    }
  }

  /// The same memory as a tensor: right until it changes.
  func tensor(_ shape: [Int]) -> Tensor {
    Tensor(shape, borrowing: UnsafeBufferPointer(start: floats, count: count), from: self)
  }
}
