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

  /// The same, followed from the boundary to the leaves.
  package func continued() -> Gradients {
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

  /// The sum of several parts' in their order, tensor by tensor, on some threads: the same bits on
  /// any number of them.
  package static func sum(_ parts: [Gradients], threads: Int) throws -> Gradients {
    guard parts.count > 1 else { return parts.first ?? Gradients() }
    let numbers = Set(parts.flatMap(\.waiting.keys)).sorted()
    let sums = try Parallel.map(numbers.count, threads: threads) { index in
      let found = parts.compactMap { $0.waiting[numbers[index]] }
      var sum = found[0].gradient
      for part in found.dropFirst() { sum.add(part.gradient) }
      return sum
    }
    var all = Gradients()
    for (number, sum) in zip(numbers, sums) {
      guard let node = parts.lazy.compactMap({ $0.waiting[number]?.node }).first else { continue }
      all.waiting[number] = (node, sum)
    }
    return all
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
