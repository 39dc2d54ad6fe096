import ModelFiles
package import Tensors

/// Clusters of the tokens of one text by Ward's linkage, as SciPy 1.17.1 makes them of the distances
/// 1 − x · y, bounded to [0, 2]: `fcluster(linkage(distances, "ward"), count, "maxclust")`.
package enum TokenClusters {
  /// The mean of each cluster, in the order of `labels`; the rows themselves where no more than
  /// `count` are there.
  /// - Shapes: `[n, E]` → `[at most count, E]`
  package static func means(_ rows: Tensor, count: Int) throws -> Tensor {
    guard rows.rows > max(1, count) else { return rows }
    let labels = try labels(rows, count: count)
    let clusters = (labels.max() ?? -1) + 1
    var sizes = [Float](repeating: 0, count: clusters)
    for label in labels { sizes[label] += 1 }
    return Tensor([clusters, rows.columns]) { out in
      out.update(repeating: 0)
      rows.withFloats { x in
        for (row, label) in labels.enumerated() {
          for column in 0..<rows.columns {
            out[label * rows.columns + column] += x[row * rows.columns + column]
          }
        }
      }
      for index in out.indices { out[index] /= sizes[index / rows.columns] }
    }
  }

  /// The cluster of each row, counted from 0; fewer than `count` where distances are equal.
  /// - Shapes: `[n, E]` → n
  package static func labels(_ rows: Tensor, count: Int) throws -> [Int] {
    guard rows.rows > 1 else { return Array(repeating: 0, count: rows.rows) }
    // The distances as float32 and as float64, each pair twice.
    try MemoryBound.check(rows.rows, rows.rows, 12, for: "clustering \(rows.rows) tokens of a text")
    var linkage = WardLinkage(rows)
    return MergeTree(linkage.merges()).labels(count: max(1, count))
  }
}

/// Merges of two clusters with the least distance by Ward's measure, by the chain of nearest
/// neighbours (Müllner, 2011), in SciPy's order of steps, which decides among equals.
private struct WardLinkage {
  private let count: Int
  /// `[n, n]`; a cluster's distances are in the row and column of one of its rows.
  private var distances: [Double]
  private var sizes: [Int]
  private var chain: [Int] = []

  init(_ rows: Tensor) {
    count = rows.rows
    sizes = Array(repeating: 1, count: count)
    let products = Tensor([count, count]) {
      rows.products(with: rows, rows: 0..<rows.rows, into: $0)
    }
    distances = products.withFloats { x in x.map { Double(min(max(1 - $0, 0), 2)) } }
    // Of both products of a pair one is taken: their last bits may differ.
    for row in 0..<count {
      for column in 0..<row { distances[row * count + column] = distances[column * count + row] }
    }
  }

  /// All merges, by rising distance.
  mutating func merges() -> [Merge] {
    let found = (1..<count).map { _ in next() }
    return found.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }.map(\.element)
  }

  private mutating func next() -> Merge {
    if chain.isEmpty { chain.append(sizes.firstIndex { $0 > 0 } ?? 0) }
    while true {
      let end = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : nil
      // Among equals the one before wins, or the chain might never end.
      var nearest = before
      var least = before.map { distances[end * count + $0] } ?? .infinity
      for other in 0..<count where sizes[other] > 0 && other != end {
        let distance = distances[end * count + other]
        if distance < least { (nearest, least) = (other, distance) }
      }
      // Distances that are no numbers have no least; any other cluster will do.
      let other = nearest ?? sizes.indices.first { sizes[$0] > 0 && $0 != end } ?? end
      if other == before {
        chain.removeLast(2)
        return merge(min(end, other), max(end, other), least)
      }
      chain.append(other)
    }
  }

  /// Merges the first into the second: d² = ((n + a) dᵢₐ² + (n + b) dᵢᵦ² − n dₐᵦ²) / (n + a + b).
  private mutating func merge(_ first: Int, _ second: Int, _ distance: Double) -> Merge {
    let (a, b) = (Double(sizes[first]), Double(sizes[second]))
    sizes[second] += sizes[first]
    sizes[first] = 0
    for other in 0..<count where sizes[other] > 0 && other != second {
      let n = Double(sizes[other])
      let (left, right) = (distances[other * count + first], distances[other * count + second])
      let share = 1 / (a + b + n)
      let squared =
        (n + a) * share * left * left + (n + b) * share * right * right
        - n * share * distance * distance
      distances[other * count + second] = squared.squareRoot()
      distances[second * count + other] = squared.squareRoot()
    }
    return Merge(first: first, second: second, distance: distance)
  }
}

/// Two clusters that become one, each named by one of its rows.
private struct Merge {
  let first, second: Int
  let distance: Double
}

/// The merges as a tree: rows are its leaves 0 ..< n, merge k is node n + k.
private struct MergeTree {
  private let merges: [Merge]
  /// The nodes below each merge, the lower number first.
  private let children: [(Int, Int)]
  private var leaves: Int { merges.count + 1 }

  /// - Parameter merges: by rising distance
  init(_ merges: [Merge]) {
    self.merges = merges
    let leaves = merges.count + 1
    var clusters = DisjointSets(count: leaves)
    var nodes = Array(0..<leaves)
    children = merges.enumerated().map { index, merge in
      let (a, b) = (clusters.root(of: merge.first), clusters.root(of: merge.second))
      let pair = (min(nodes[a], nodes[b]), max(nodes[a], nodes[b]))
      clusters.join(a, to: b)
      nodes[b] = leaves + index
      return pair
    }
  }

  /// The cluster of each leaf after cutting at the least distance that leaves at most `count`. They
  /// are numbered as the tree is walked: down the inner nodes, the first child before the second,
  /// and a node's leaves after its inner nodes.
  func labels(count: Int) -> [Int] {
    guard leaves > count else { return Array(0..<leaves) }
    let cut = merges[leaves - count - 1].distance
    var labels = [Int](repeating: 0, count: leaves)
    var next = 0
    // Of each node on the way its cluster, where it is in one, and how much of it is done.
    var path: [(node: Int, cluster: Int?, done: Int)] = [(leaves + merges.count - 1, nil, 0)]
    while var top = path.popLast() {
      if top.done == 0, top.cluster == nil, merges[top.node - leaves].distance <= cut {
        top.cluster = next
        next += 1
      }
      let pair = children[top.node - leaves]
      if top.done < 2 {
        let child = top.done == 0 ? pair.0 : pair.1
        path.append((top.node, top.cluster, top.done + 1))
        if child >= leaves { path.append((child, top.cluster, 0)) }
        continue
      }
      for leaf in [pair.0, pair.1] where leaf < leaves {
        labels[leaf] = top.cluster ?? next
        if top.cluster == nil { next += 1 }
      }
    }
    return labels
  }
}
