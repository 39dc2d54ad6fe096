/// What is ranked by a score, the larger the better.
protocol Ranked: Sendable {
  var score: Float { get }
  /// Whether it comes before `other`: a total order, the same on every machine.
  func precedes(_ other: Self) -> Bool
}

/// The best of many candidates, so many of them at most: a heap with the worst at its root.
struct Best<Candidate: Ranked>: Sendable {
  private let most: Int
  private let floor: Float
  private var heap: [Candidate] = []

  /// - Parameter floor: the lowest score that is kept
  init(_ most: Int, atLeast floor: Float = -.infinity) {
    (self.most, self.floor) = (most, floor)
  }

  var isFull: Bool { heap.count == most }

  /// No candidate with a lower score will be kept.
  var least: Float { isFull ? heap.first?.score ?? .infinity : floor }

  /// From the best to the worst.
  var sorted: [Candidate] { heap.sorted { $0.precedes($1) } }

  mutating func offer(_ candidate: Candidate) {
    guard candidate.score >= floor, most > 0 else { return }
    if heap.count < most {
      heap.append(candidate)
      rise()
    } else if candidate.precedes(heap[0]) {
      heap[0] = candidate
      sink()
    }
  }

  private mutating func rise() {
    var place = heap.count - 1
    while place > 0, heap[(place - 1) / 2].precedes(heap[place]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink() {
    var place = 0
    while true {
      var worst = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[worst].precedes(heap[child]) {
        worst = child
      }
      if worst == place { return }
      heap.swapAt(place, worst)
      place = worst
    }
  }
}
