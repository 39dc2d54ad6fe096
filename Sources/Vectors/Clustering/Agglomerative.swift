import ModelFiles
import Tensors

/// Clusters by average linkage: the two with the least mean cosine distance between their rows are
/// merged, again and again.
///
/// Equal to scikit-learn 1.9.1's; a vector of length zero, which that refuses, is at distance 1 from
/// every other.
package struct Agglomerative: Sendable {
  /// Two clusters that are merged, each named by one of its rows.
  struct Merge: Sendable, Equatable {
    let first, second: Int
    let distance: Float
  }

  /// The n − 1 merges, by rising distance.
  let merges: [Merge]
  private let rows: Int

  /// The most rows that are taken: the distances between all of them take 800 MB.
  package static let mostRows = 20_000

  /// Finds all merges, by the chain of nearest neighbours (Murtagh, 1983).
  /// - Throws: for too many rows
  package init(
    _ matrix: Matrix, threads: Int, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard matrix.rows <= Self.mostRows else {
      throw FileError(
        "agglomerative clustering takes at most \(Self.mostRows) rows, there are \(matrix.rows); "
          + "use k-means or communities")
    }
    rows = matrix.rows
    let what = "agglomerative clustering of \(rows) vectors of \(matrix.columns) numbers"
    // Half of the square of distances; the vectors once more, of length 1.
    try MemoryBound.check(rows, rows, 2, for: what)
    try MemoryBound.check(rows, matrix.columns, 4, for: what)
    var chain = NeighbourChain(
      try PairDistances(matrix.tensor.normalizedRows(), threads: threads, cancelled: cancelled))
    var merges: [Merge] = []
    while merges.count < matrix.rows - 1 {
      if merges.count % 256 == 0, cancelled() { throw CancellationError() }
      merges.append(chain.next())
    }
    self.merges = merges.enumerated()
      .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .map(\.element)
  }

  /// The cluster of each row when there are `count`, numbered in the order of their first rows.
  package func labels(count: Int) -> [Int] { labels(merging: max(0, rows - max(1, count))) }

  /// The cluster of each row when only clusters nearer than `threshold` are merged.
  package func labels(below threshold: Float) -> [Int] {
    labels(merging: merges.prefix { $0.distance < threshold }.count)
  }

  private func labels(merging count: Int) -> [Int] {
    var clusters = DisjointSets(count: rows)
    for merge in merges.prefix(count) { clusters.join(merge.first, to: merge.second) }
    var numbers: [Int: Int] = [:]
    return (0..<rows).map { row in
      let root = clusters.root(of: row)
      let number = numbers[root] ?? numbers.count
      numbers[root] = number
      return number
    }
  }
}

/// The distance of every pair, each once: of rows i < j at `i·n − i(i+1)/2 + j − i − 1`.
private struct PairDistances {
  let rows: Int
  var distances: [Float]

  /// - Parameter units: rows of length 1
  init(_ units: Tensor, threads: Int, cancelled: @escaping @Sendable () -> Bool) throws {
    let rows = units.rows
    self.rows = rows
    distances = []
    distances.reserveCapacity(rows * max(0, rows - 1) / 2)
    // As many blocks at a time as there are threads, appended in their order.
    let size = 64
    for first in stride(from: 0, to: rows, by: size * max(1, threads)) {
      if cancelled() { throw CancellationError() }
      let blocks = (min(rows, first + size * max(1, threads)) - first + size - 1) / size
      distances += try Parallel.map(blocks, threads: threads) { block in
        let start = first + block * size
        return Self.part(units, start..<min(start + size, rows))
      }.flatMap { $0 }
    }
  }

  private static func part(_ units: Tensor, _ range: Range<Int>) -> [Float] {
    let later = range.lowerBound..<units.rows
    let products = Tensor([range.count, later.count]) {
      units.rows(range).products(with: units, rows: later, into: $0)
    }
    return products.withFloats { products in
      range.flatMap { row in
        let line = (row - range.lowerBound) * later.count - later.lowerBound
        return (row + 1..<units.rows).map { max(0, 1 - products[line + $0]) }
      }
    }
  }

  /// The index of two different rows' distance.
  func index(_ a: Int, _ b: Int) -> Int {
    let (low, high) = a < b ? (a, b) : (b, a)
    return low * rows - low * (low + 1) / 2 + high - low - 1
  }
}

/// A chain of clusters, each the nearest of the one before, up to two that are each other's nearest.
private struct NeighbourChain {
  private var pairs: PairDistances
  private var sizes: [Int]
  private var chain: [Int] = []
  /// One row of each cluster.
  private var active: [Int]

  init(_ pairs: PairDistances) {
    self.pairs = pairs
    sizes = Array(repeating: 1, count: pairs.rows)
    active = Array(0..<pairs.rows)
  }

  /// The next merge; there must be two clusters.
  mutating func next() -> Agglomerative.Merge {
    if chain.isEmpty { chain.append(active[0]) }
    while true {
      let end = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : nil
      // Among equals the one before wins, or the chain might never end.
      var nearest = before ?? -1
      var least = before.map { pairs.distances[pairs.index(end, $0)] } ?? .infinity
      for other in active where other != end {
        let distance = pairs.distances[pairs.index(end, other)]
        if distance < least { (nearest, least) = (other, distance) }
      }
      if nearest == before {
        chain.removeLast(2)
        return merge(min(end, nearest), max(end, nearest), least)
      }
      chain.append(nearest)
    }
  }

  /// Merges the first into the second: its distance to another is the mean over all their rows.
  private mutating func merge(
    _ first: Int, _ second: Int, _ distance: Float
  ) -> Agglomerative.Merge {
    active.removeAll { $0 == first }
    let (left, right) = (Double(sizes[first]), Double(sizes[second]))
    for other in active where other != second {
      let index = pairs.index(second, other)
      let sum =
        left * Double(pairs.distances[pairs.index(first, other)])
        + right * Double(pairs.distances[index])
      pairs.distances[index] = Float(sum / (left + right))
    }
    sizes[second] += sizes[first]
    return .init(first: first, second: second, distance: distance)
  }
}
