/// Pairs of symbols that wait to be united: the smallest rank first, of those the leftmost.
struct PairQueue {
  /// A binary heap: rank in the upper half, place in the lower.
  private var heap: [UInt64] = []

  /// The rank that comes next.
  var best: Int32? { heap.first.map { Int32(truncatingIfNeeded: $0 >> 32) } }

  /// - Parameters: both 0 or more.
  mutating func push(_ rank: Int32, _ place: Int32) {
    let entry = UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(UInt32(bitPattern: place))
    var slot = heap.count
    heap.append(entry)
    while slot > 0, heap[(slot - 1) / 2] > entry {
      heap[slot] = heap[(slot - 1) / 2]
      slot = (slot - 1) / 2
    }
    heap[slot] = entry
  }

  /// The place of the first.
  mutating func pop() -> Int32? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    var slot = 0
    while 2 * slot + 1 < heap.count {
      var child = 2 * slot + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[slot] = heap[child]
      slot = child
    }
    if slot < heap.count { heap[slot] = last }
    return Int32(truncatingIfNeeded: first)
  }
}
