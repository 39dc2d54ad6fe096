import HeapModule

/// A candidate with a score. A larger candidate is better: a total order, by the score first, so that
/// results are the same everywhere.
protocol Ranked: Comparable, Sendable {
  var score: Float { get }
}

/// The k best of many candidates: a heap with the worst of them at hand.
struct TopK<Candidate: Ranked>: Sendable {
  private let capacity: Int
  private let floor: Float
  private var heap = Heap<Candidate>()

  /// - Parameters:
  ///   - capacity: k
  ///   - floor: the lowest score that is kept
  init(_ capacity: Int, atLeast floor: Float = -.infinity) {
    (self.capacity, self.floor) = (capacity, floor)
  }

  var isFull: Bool { heap.count == capacity }

  /// The lowest score that a further candidate may have to be kept.
  var threshold: Float { isFull ? heap.min?.score ?? .infinity : floor }

  /// From the best to the worst.
  var sorted: [Candidate] { heap.unordered.sorted(by: >) }

  /// Keeps the candidate if it is among the k best so far.
  mutating func offer(_ candidate: Candidate) {
    guard candidate.score >= floor, capacity > 0 else { return }
    if heap.count < capacity {
      heap.insert(candidate)
    } else if let worst = heap.min, candidate > worst {
      heap.replaceMin(with: candidate)
    }
  }
}
