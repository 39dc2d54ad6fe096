/// A candidate with a score; a larger one is better.
protocol Ranked: Sendable {
  var score: Float { get }
  /// Whether it ranks before `other`: a total order, so that results are the same everywhere.
  func precedes(_ other: Self) -> Bool
}

/// The k best of many candidates: a heap with the worst of them at its root.
struct TopK<Candidate: Ranked>: Sendable {
  private let capacity: Int
  private let floor: Float
  private var heap: [Candidate] = []

  /// - Parameters:
  ///   - capacity: k
  ///   - floor: the lowest score that is kept
  init(_ capacity: Int, atLeast floor: Float = -.infinity) {
    (self.capacity, self.floor) = (capacity, floor)
  }

  var isFull: Bool { heap.count == capacity }

  /// The lowest score that a further candidate may have to be kept.
  var threshold: Float { isFull ? heap.first?.score ?? .infinity : floor }

  /// From the best to the worst.
  var sorted: [Candidate] { heap.sorted { $0.precedes($1) } }

  /// Keeps the candidate if it is among the k best so far.
  mutating func offer(_ candidate: Candidate) {
    guard candidate.score >= floor, capacity > 0 else { return }
    if heap.count < capacity {
      heap.append(candidate)
      rise()
    } else if candidate.precedes(heap[0]) {
      heap[0] = candidate
      sink()
    }
  }

  private mutating func rise() {
    var index = heap.count - 1
    while index > 0, heap[(index - 1) / 2].precedes(heap[index]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink() {
    var index = 0
    while true {
      var worst = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < heap.count && heap[worst].precedes(heap[child]) {
        worst = child
      }
      if worst == index { return }
      heap.swapAt(index, worst)
      index = worst
    }
  }
}
