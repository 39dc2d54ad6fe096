/// How often values were at most so large, and their sum: a histogram as Prometheus has them.
struct Histogram: Sendable {
  /// The largest value of each bucket, rising; what is larger counts in the total alone.
  let bounds: [Double]
  private(set) var counts: [Int]
  private(set) var total = 0
  private(set) var sum = 0.0

  init(_ bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count)
  }

  // text-embeddings-inference's buckets, so that dashboards made for it show the same.
  static let seconds = Histogram(
    (0..<35).map { step in
      (0..<step).reduce(1.5e-5) { bound, _ in bound * 1.5 }
    })
  /// Powers of two up to 2 to the power of `last`.
  static func powers(upTo last: Int) -> Histogram { Histogram((0...last).map { Double(1 << $0) }) }

  /// Counts a value that occurred so many times.
  mutating func add(_ value: Double, times: Int = 1) {
    guard times > 0, value.isFinite else { return }
    total &+= times
    sum += value * Double(times)
    let bucket = index(of: value)
    if bucket < counts.count { counts[bucket] &+= times }
  }

  /// The first bucket that holds a value.
  private func index(of value: Double) -> Int {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
