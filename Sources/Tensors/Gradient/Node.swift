import Synchronization

/// How a tensor was made, for the way back. Only training has nodes: a tensor is tracked where a
/// tensor that it was made of is.
final class Node: Sendable {
  /// From the derivative by what was made to those by what it was made of.
  typealias Pullback = @Sendable (Tensor) -> [(node: Node, gradient: Gradient)]

  private static let last = Atomic<Int>(0)
  /// The number of the node that was made last.
  static var newest: Int { last.load(ordering: .relaxed) }

  /// Whether what is computed now is not remembered: it will be computed again, or is itself the way
  /// back.
  @TaskLocal static var isPaused = false

  /// Numbers rise with time: what a tensor was made of has smaller ones.
  let number: Int
  let shape: [Int]
  /// Taken once, and with it goes what it kept of the way forward.
  private let pullback: Mutex<Pullback?>

  init(_ shape: [Int], pullback: Pullback? = nil) {
    number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    self.shape = shape
    self.pullback = Mutex(pullback)
  }

  /// `nil` for a leaf.
  func take() -> Pullback? {
    pullback.withLock { kept in
      defer { kept = nil }
      return kept
    }
  }
}

extension Tensor {
  /// The same elements as a leaf: what derivatives are wanted by.
  package func tracked() -> Tensor { with(Node(shape)) }

  /// The same elements without a way back.
  package var untracked: Tensor { with(nil) }

  /// Whether derivatives by it are wanted.
  package var isTracked: Bool { node != nil }

  /// Remembers of what this was made, where derivatives by one of that are wanted.
  /// - Parameter pullback: takes the derivative by this, in its shape, and gives one for each operand,
  ///   in any shape of as many numbers; `nil` where there is none, or none is wanted. What it computes
  ///   is not recorded.
  func recorded(
    _ operands: [Tensor?], _ pullback: @escaping @Sendable (_ dy: Tensor) -> [Tensor?]
  ) -> Tensor {
    recorded(ofTables: operands) { dy in pullback(dy).map { $0.map(Gradient.dense) } }
  }

  /// The same where some operands are tables, by which derivatives are of few rows.
  func recorded(
    ofTables operands: [Tensor?], _ pullback: @escaping @Sendable (_ dy: Tensor) -> [Gradient?]
  ) -> Tensor {
    guard operands.contains(where: { $0?.node != nil }), !Node.isPaused else { return self }
    let nodes = operands.map { $0?.node }
    return with(
      Node(shape) { dy in
        zip(nodes, pullback(dy)).compactMap { node, gradient in
          guard let node, let gradient else { return nil }
          return (node, gradient)
        }
      })
  }
}

extension Tensor {
  /// What `body` makes of this, of which nothing is kept but this: on the way back it is made again.
  /// For a third more work, what lies between needs memory for one such body at a time.
  package func recomputed(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
    guard !Node.isPaused else { return body(self) }
    let made = Node.$isPaused.withValue(true) { body(untracked) }
    let (input, inputNode) = (untracked, node)
    return made.with(
      Node(made.shape) { dy in
        Node.$isPaused.withValue(false) {
          let boundary = Gradients.boundary
          let leaf = input.tracked()
          return Gradients(of: body(leaf), seed: dy, above: boundary).parts(
            replacing: leaf, with: inputNode)
        }
      })
  }
}

extension Tensor {
  /// What `body` gives, with or without a way back to what is tracked.
  package static func recording(_ isKept: Bool, _ body: () -> Tensor) -> Tensor {
    Node.$isPaused.withValue(!isKept, operation: body)
  }
}
