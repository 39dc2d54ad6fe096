import CKernels

/// A dense row-major array of `Float`, seen as rows of equal length.
///
/// Tensors are values: an operation returns a new one and never changes its operands.
package struct Tensor: Sendable {
  package let shape: [Int]
  private var storage: Storage
  /// How it was made; `nil` outside training.
  private(set) var node: Node?

  /// The length of a row: the last extent, 1 for a scalar.
  package var columns: Int { shape.last ?? 1 }
  /// The product of all extents but the last.
  package var rows: Int { shape.dropLast().reduce(1, *) }
  package var count: Int { storage.floats.count }

  /// Makes a tensor of `shape` whose elements `fill` writes, every one of them.
  package init(_ shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
    self.shape = shape
    storage = Storage(count: shape.reduce(1, *))
    fill(storage.floats)
  }

  package init(_ shape: [Int], _ elements: [Float]) {
    precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for \(shape)")
    self.init(shape) { _ = $0.initialize(from: elements) }
  }

  package static func zeros(_ shape: [Int]) -> Tensor { Tensor(shape) { $0.update(repeating: 0) } }

  /// A tensor over memory that `owner` keeps valid and unchanged: a part of a mapped file.
  package init(
    _ shape: [Int], borrowing floats: UnsafeBufferPointer<Float>,
    from owner: any AnyObject & Sendable
  ) {
    precondition(floats.count == shape.reduce(1, *), "\(floats.count) elements for \(shape)")
    self.shape = shape
    storage = Storage(borrowing: floats, from: owner)
  }

  /// Lends the elements to `body`, and keeps them alive until it returns.
  package func withFloats<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(storage.floats)) }
  }

  /// Lends the address of the first element, for operations: a kernel's view of the same memory.
  func withPointer<Result>(_ body: (UnsafePointer<Float>) throws -> Result) rethrows -> Result {
    // Storage never has a nil base address: it allocates at least one element, and an empty
    // borrowed part is never an operand.
    try withFloats { floats in
      guard let base = floats.baseAddress else { preconditionFailure("a tensor without memory") }
      return try body(base)
    }
  }

  /// A copy of the elements, row after row.
  package var elements: [Float] { withFloats { Array($0) } }

  /// The same elements in another shape.
  package func reshaped(_ shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    precondition(shape.reduce(1, *) == count, "\(self.shape) cannot be seen as \(shape)")
    return Tensor(shape, storage).recorded([self]) { [$0] }
  }

  /// Some of the rows where they lie, without a copy or a way back.
  package func view(rows range: Range<Int>) -> Tensor {
    precondition(!range.isEmpty && range.upperBound <= rows, "\(range) of \(rows) rows")
    let part = range.lowerBound * columns..<range.upperBound * columns
    return Tensor(
      [range.count, columns],
      Storage(
        borrowing: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage.floats)[part]),
        from: storage))
  }

  /// The same elements, made in another way.
  func with(_ node: Node?) -> Tensor {
    var tensor = self
    tensor.node = node
    return tensor
  }

  /// Adds another tensor to this one, where it lies if nobody else sees it.
  mutating func accumulate(_ other: Tensor) {
    precondition(other.count == count, "\(other.shape) added to \(shape)")
    guard isKnownUniquelyReferenced(&storage), storage.isOwn,
      let own = storage.floats.baseAddress
    else {
      self = adding(other)
      return
    }
    other.withPointer { ck_add_to_rows(own, $0, 1, count) }
  }

  /// Adds to some rows of this, where they lie if nobody else sees them.
  mutating func accumulate(_ other: TableGradient) {
    guard isKnownUniquelyReferenced(&storage), storage.isOwn,
      let own = storage.floats.baseAddress
    else {
      self = other.added(to: self)
      return
    }
    let columns = other.rows.columns
    other.rows.withPointer { rows in
      for (index, id) in other.ids.enumerated() {
        ck_add_to_rows(own + Int(id) * columns, rows + index * columns, 1, columns)
      }
    }
  }

  private init(_ shape: [Int], _ storage: Storage) {
    self.shape = shape
    self.storage = storage
  }
}
