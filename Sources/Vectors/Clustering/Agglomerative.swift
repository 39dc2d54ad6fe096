import ModelFiles
import Tensors

/// Groups that grow by joining the two with the least mean cosine distance between their rows.
///
/// Equal to scikit-learn 1.9.1's average linkage over cosine distances; a vector of length zero,
/// which that refuses, is at distance 1 from every other.
package struct Agglomerative: Sendable {
  /// One joining of two groups, each told by one of its rows.
  struct Joining: Sendable, Equatable {
    let first, second: Int
    let distance: Float
  }

  /// All joinings by rising distance, n − 1 of them.
  let joinings: [Joining]
  private let rows: Int

  /// More rows than these are refused: the distances between all of them would take over 800 MB.
  package static let mostRows = 20_000

  /// Joins all rows, by the chain of nearest neighbours (Murtagh, 1983).
  package init(
    _ matrix: Matrix, threads: Int, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard matrix.rows <= Self.mostRows else {
      throw FileError(
        "agglomerative clustering takes at most \(Self.mostRows) rows, there are \(matrix.rows); "
          + "use k-means or communities")
    }
    rows = matrix.rows
    var chain = NeighbourChain(
      try PairDistances(matrix.tensor.normalizedRows(), threads: threads, cancelled: cancelled))
    var joinings: [Joining] = []
    while joinings.count < matrix.rows - 1 {
      if joinings.count % 256 == 0, cancelled() { throw CancellationError() }
      joinings.append(chain.next())
    }
    self.joinings = joinings.enumerated()
      .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .map(\.element)
  }

  /// The group of each row when there are `count`, numbered in the order of their first rows.
  package func labels(count: Int) -> [Int] { labels(joining: max(0, rows - max(1, count))) }

  /// The group of each row when only those nearer than `threshold` were joined.
  package func labels(below threshold: Float) -> [Int] {
    labels(joining: joinings.prefix { $0.distance < threshold }.count)
  }

  private func labels(joining count: Int) -> [Int] {
    var parents = Array(0..<rows)
    func root(_ row: Int) -> Int {
      var row = row
      while parents[row] != row {
        parents[row] = parents[parents[row]]
        row = parents[row]
      }
      return row
    }
    for joining in joinings.prefix(count) { parents[root(joining.first)] = root(joining.second) }
    var numbers: [Int: Int] = [:]
    return (0..<rows).map { row in
      let root = root(row)
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
    // Blocks as many as there are threads at a time, so that they may be put one after the other.
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

  /// Where the distance of two different rows is.
  func place(_ a: Int, _ b: Int) -> Int {
    let (low, high) = a < b ? (a, b) : (b, a)
    return low * rows - low * (low + 1) / 2 + high - low - 1
  }
}

/// Groups, of which each is followed to its nearest one until two are each other's nearest.
private struct NeighbourChain {
  private var pairs: PairDistances
  private var sizes: [Int]
  private var chain: [Int] = []
  private var living: [Int]

  init(_ pairs: PairDistances) {
    self.pairs = pairs
    sizes = Array(repeating: 1, count: pairs.rows)
    living = Array(0..<pairs.rows)
  }

  /// The next joining; there must be two groups.
  mutating func next() -> Agglomerative.Joining {
    if chain.isEmpty { chain.append(living[0]) }
    while true {
      let end = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : nil
      // The one before wins among equals, or the chain might go round for ever.
      var nearest = before ?? -1
      var least = before.map { pairs.distances[pairs.place(end, $0)] } ?? .infinity
      for other in living where other != end {
        let distance = pairs.distances[pairs.place(end, other)]
        if distance < least { (nearest, least) = (other, distance) }
      }
      if nearest == before {
        chain.removeLast(2)
        return join(min(end, nearest), max(end, nearest), least)
      }
      chain.append(nearest)
    }
  }

  /// The second takes the first in: its distance to another is the mean over all their rows.
  private mutating func join(
    _ first: Int, _ second: Int, _ distance: Float
  ) -> Agglomerative.Joining {
    living.removeAll { $0 == first }
    let (left, right) = (Double(sizes[first]), Double(sizes[second]))
    for other in living where other != second {
      let place = pairs.place(second, other)
      let sum =
        left * Double(pairs.distances[pairs.place(first, other)])
        + right * Double(pairs.distances[place])
      pairs.distances[place] = Float(sum / (left + right))
    }
    sizes[second] += sizes[first]
    return .init(first: first, second: second, distance: distance)
  }
}
