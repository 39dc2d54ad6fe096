import Glibc
import ModelFiles
import Tensors

/// Groups of rows around means, by Lloyd's algorithm as scikit-learn 1.9.1 has it.
package struct KMeans: Sendable {
  /// The group of each row: the number of its center.
  package let labels: [Int]
  /// - Shapes: `[K, E]`
  package let centers: Matrix
  /// Σ of squared distances between rows and their centers.
  package let inertia: Double
  package let iterations: Int

  // As in scikit-learn, whose tolerance is a share of the columns' mean variance.
  private static let mostIterations = 300
  private static let tolerance = 1e-4

  /// Starts from `count` centers that are drawn from the rows with a seed.
  package init(
    _ matrix: Matrix, count: Int, seed: UInt64 = 0, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard count <= matrix.rows else {
      throw FileError(
        "\(count) clusters need at least \(count) rows, found \(matrix.rows); name fewer clusters")
    }
    let steps = LloydSteps(matrix.tensor, threads: threads, cancelled: cancelled)
    var drawing = KMeansPlusPlus(steps, seed: seed)
    try self.init(steps, from: try drawing.centers(count))
  }

  /// Starts from given centers.
  package init(
    _ matrix: Matrix, from centers: Matrix, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let steps = LloydSteps(matrix.tensor, threads: threads, cancelled: cancelled)
    try self.init(steps, from: centers.tensor)
  }

  private init(_ steps: LloydSteps, from start: Tensor) throws {
    // Two sets of centers, and two sums in double at least.
    try MemoryBound.check(
      start.rows, start.columns, 24,
      for: "k-means with \(start.rows) centers of \(start.columns) numbers")
    var centers = start
    var labels: [Int] = []
    var iterations = 0
    let tolerated = Self.tolerance * steps.meanVariance
    while iterations < Self.mostIterations {
      iterations += 1
      let before = labels
      let next: Tensor
      labels = try steps.labels(by: centers)
      next = try steps.means(of: labels, centers)
      let shift = (0..<centers.rows).reduce(0.0) {
        $0 + Double(Tensor.squaredDistance(centers, $1, next, $1))
      }
      centers = next
      if labels == before { break }
      if shift <= tolerated || iterations == Self.mostIterations {
        // The labels must be those of the last centers.
        labels = try steps.labels(by: centers)
        break
      }
    }
    inertia = labels.indices.reduce(0.0) {
      $0 + Double(Tensor.squaredDistance(steps.rows, $1, centers, labels[$1]))
    }
    (self.labels, self.centers, self.iterations) = (labels, Matrix(centers), iterations)
  }
}

/// The first centers of k-means: k-means++ (Arthur and Vassilvitskii, 2007) in its greedy form, as
/// scikit-learn draws them, with a generator of our own, so that a seed gives the same everywhere.
struct KMeansPlusPlus {
  private let steps: LloydSteps
  private var generator: SplitMix64

  init(_ steps: LloydSteps, seed: UInt64) {
    self.steps = steps
    generator = SplitMix64(state: seed)
  }

  /// `count` of the rows: each the best of a few that are drawn with the squares of their distances
  /// to the nearest center so far as weights.
  /// - Shapes: `[count, E]`
  mutating func centers(_ count: Int) throws -> Tensor {
    let rows = steps.rows
    let trials = 2 + Int(log(Double(count)))
    // The distances of each trial, in their blocks and side by side; then the centers.
    let what = "k-means++ with \(count) centers of \(rows.rows) rows"
    try MemoryBound.check(rows.rows, trials, 8, for: what)
    try MemoryBound.check(count, rows.columns, 4, for: what)
    var chosen = [min(rows.rows - 1, Int(generator.unit() * Double(rows.rows)))]
    var nearest = try distances(to: chosen, below: [Float](repeating: .infinity, count: rows.rows))[
      0]
    while chosen.count < count {
      let total = nearest.reduce(0.0) { $0 + Double($1) }
      let thresholds = (0..<trials).map { _ in generator.unit() * total }
      let drawn = thresholds.map { Self.index(of: $0, in: nearest) }
      let lists = try distances(to: drawn, below: nearest)
      let sums = lists.map { $0.reduce(0.0) { $0 + Double($1) } }
      let best = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
      chosen.append(drawn[best])
      nearest = lists[best]
    }
    return rows.rows(chosen)
  }

  /// The first index up to which the weights' sum reaches `threshold`.
  private static func index(of threshold: Double, in weights: [Float]) -> Int {
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += Double(weight)
      if sum >= threshold { return index }
    }
    return weights.count - 1
  }

  /// For each of some rows, the squared distance of every row to it, or what is below if that is
  /// less.
  private func distances(to chosen: [Int], below: [Float]) throws -> [[Float]] {
    let steps = steps
    let points = steps.rows.rows(chosen)
    let parts = try Parallel.map(steps.blocks, threads: steps.threads) { index in
      if steps.cancelled() { throw CancellationError() }
      return steps.squaredDistances(points, block: index)
    }
    return chosen.indices.map { point in
      var list: [Float] = []
      list.reserveCapacity(below.count)
      for part in parts {
        part.withFloats { list += $0[point * part.columns..<(point + 1) * part.columns] }
      }
      for row in list.indices { list[row] = min(list[row], below[row]) }
      return list
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 ..< 1, all multiples of 2⁻⁵³.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
