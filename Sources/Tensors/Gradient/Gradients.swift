import Synchronization

/// The derivatives of one number by tensors: a value, so that those of several parts of a batch can
/// be made at the same time and added in a fixed order.
package struct Gradients: Sendable {
  private var waiting: [Int: (node: Node, gradient: Gradient)] = [:]

  package init() {}

  /// - Parameters:
  ///   - seed: the derivatives by the output
  ///   - boundary: what was made up to then is left for `continued`
  package init(of output: Tensor, seed: Tensor, above boundary: Int = 0) {
    guard let node = output.node else { return }
    waiting[node.number] = (node, .dense(seed))
    descend(above: boundary)
  }

  /// What is made from here on is above it.
  package static var boundary: Int { Node.newest }

  /// By a leaf; `nil` where the output does not depend on it.
  package subscript(_ leaf: Tensor) -> Gradient? {
    leaf.node.flatMap { waiting[$0.number]?.gradient }
  }

  /// The same, followed from the boundary to the leaves: each derivative is let go as soon as it was
  /// followed.
  package consuming func continued() -> Gradients {
    var all = self
    all.descend(above: 0)
    return all
  }

  /// Adds those of another part of the batch.
  package mutating func add(_ other: Gradients) {
    for number in other.waiting.keys.sorted() {
      guard let (node, gradient) = other.waiting[number] else { continue }
      add(gradient, to: node)
    }
  }

  /// Adds those of several parts in their order, tensor by tensor, on some threads: the same bits on
  /// any number of them.
  /// - Parameter parts: left empty, as each derivative's memory is used again or given back at once
  package mutating func add(_ parts: inout [Gradients], threads: Int) throws {
    var found: [Int: (node: Node, terms: [Gradient])] = [:]
    for part in [self] + parts {
      for (number, (node, gradient)) in part.waiting {
        found[number, default: (node, [])].terms.append(gradient)
      }
    }
    (waiting, parts) = ([:], [])
    let numbers = found.keys.sorted()
    let nodes = numbers.compactMap { found[$0]?.node }
    // A sum is made where its first term lies if nobody else holds that.
    let terms = Mutex(numbers.map { found[$0]?.terms ?? [] })
    found = [:]
    let sums = try Parallel.map(numbers.count, threads: threads) { index in
      var own: [Gradient] = []
      terms.withLock { swap(&own, &$0[index]) }
      var sum = own.removeFirst()
      for term in own { sum.add(term) }
      return sum
    }
    for (index, number) in numbers.enumerated() { waiting[number] = (nodes[index], sums[index]) }
  }

  /// All that were found, with those by `leaf` as by another node.
  func parts(replacing leaf: Tensor, with node: Node?) -> [(node: Node, gradient: Gradient)] {
    waiting.keys.sorted().compactMap { number in
      guard let found = waiting[number] else { return nil }
      guard number == leaf.node?.number else { return found }
      return node.map { ($0, found.gradient) }
    }
  }

  private mutating func add(_ gradient: Gradient, to node: Node) {
    // Taken out first, so that a sum can be made where it lies.
    guard var sum = waiting.removeValue(forKey: node.number)?.gradient else {
      waiting[node.number] = (node, gradient)
      return
    }
    sum.add(gradient)
    waiting[node.number] = (node, sum)
  }

  /// From the newest node down: whatever was made of a tensor has a larger number than it.
  private mutating func descend(above boundary: Int) {
    var leaves: [Int: (node: Node, gradient: Gradient)] = [:]
    while let number = waiting.keys.max(), number > boundary {
      guard let (node, gradient) = waiting.removeValue(forKey: number) else { break }
      guard let pullback = node.take() else {
        leaves[number] = (node, gradient)
        continue
      }
      let parts = Node.$isPaused.withValue(true) { pullback(gradient.dense(node.shape)) }
      for part in parts { add(part.gradient, to: part.node) }
    }
    waiting.merge(leaves) { $1 }
  }
}
