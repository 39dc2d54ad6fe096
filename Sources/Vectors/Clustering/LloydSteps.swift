import Tensors

/// The two steps of Lloyd's algorithm: assign rows to their nearest centers, and move centers to the
/// means of their rows.
/// Both give the same bits with any number of threads.
struct LloydSteps: Sendable {
  // Rows of a product; its block of distances stays in a core's cache.
  private static let block = 512
  // Products of a block with all centers: 16 MiB for each thread.
  private static let mostProducts = 1 << 22
  // Doubles of the shards' sums: 256 MiB.
  private static let mostSums = 1 << 25

  let rows: Tensor
  let threads: Int
  let cancelled: @Sendable () -> Bool

  init(_ rows: Tensor, threads: Int, cancelled: @escaping @Sendable () -> Bool) {
    (self.rows, self.threads, self.cancelled) = (rows, max(1, threads), cancelled)
  }

  var blocks: Int { (rows.rows + Self.block - 1) / Self.block }

  func rows(ofBlock index: Int) -> Range<Int> {
    index * Self.block..<min((index + 1) * Self.block, rows.rows)
  }

  /// The mean over the columns of their variances.
  var meanVariance: Double {
    let means = rows.columnMeans()
    let sum = rows.withFloats { x in
      (0..<rows.rows).reduce(0.0) { sum, row in
        means.indices.reduce(sum) {
          let difference = Double(x[row * rows.columns + $1]) - means[$1]
          return $0 + difference * difference
        }
      }
    }
    return sum / Double(max(1, rows.count))
  }

  /// The nearest center of each row, the first of equally near ones.
  /// - Shapes: `[n, E]`, `[K, E]` → n
  func labels(by centers: Tensor) throws -> [Int] {
    let halves = squaredLengths(centers).map { $0 / 2 }
    let size = max(1, min(Self.block, Self.mostProducts / max(1, centers.rows)))
    return try Parallel.map((rows.rows + size - 1) / size, threads: threads) { index in
      if cancelled() { throw CancellationError() }
      let range = index * size..<min((index + 1) * size, rows.rows)
      var nearest = [Int](repeating: 0, count: range.count)
      var largest = [Float](repeating: -.infinity, count: range.count)
      // |x − c|² is least where x·c − |c|²/2 is largest.
      _ = Tensor([centers.rows, range.count]) { products in
        centers.products(with: rows, rows: range, into: products)
        for center in 0..<centers.rows {
          let (start, half) = (center * range.count, halves[center])
          for row in 0..<range.count where products[start + row] - half > largest[row] {
            largest[row] = products[start + row] - half
            nearest[row] = center
          }
        }
      }
      return nearest
    }.flatMap { $0 }
  }

  /// The squared distance of each row of a block to each of some points.
  /// - Shapes: `[K, E]` → `[K, rows of the block]`
  func squaredDistances(_ points: Tensor, block index: Int) -> Tensor {
    let range = rows(ofBlock: index)
    let pointLengths = squaredLengths(points)
    let rowLengths = [Float](unsafeUninitializedCapacity: range.count) {
      rows.squaredLengths(range, into: $0)
      $1 = range.count
    }
    return Tensor([points.rows, range.count]) { out in
      points.products(with: rows, rows: range, into: out)
      for point in 0..<points.rows {
        for row in 0..<range.count {
          let index = point * range.count + row
          out[index] = max(0, rowLengths[row] + pointLengths[point] - 2 * out[index])
        }
      }
    }
  }

  /// The mean of each center's rows. A center without rows takes the row that is farthest from its
  /// own center, away from that center (scikit-learn's rule).
  /// - Shapes: n labels, `[K, E]` → `[K, E]`
  func means(of labels: [Int], _ centers: Tensor) throws -> Tensor {
    let (count, width) = (centers.rows, rows.columns)
    // By the shape alone, so that the order of sums does not depend on the machine.
    let shards = max(1, min(16, blocks, Self.mostSums / max(1, count * width)))
    let parts = try Parallel.map(shards, threads: threads) { shard in
      var sums = [Double](repeating: 0, count: count * width)
      let range = blocks * shard / shards * Self.block..<blocks * (shard + 1) / shards * Self.block
      rows.withFloats { x in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in range.clamped(to: 0..<rows.rows) {
            let (from, to) = (row * width, labels[row] * width)
            for column in 0..<width { sums[to + column] += Double(x[from + column]) }
          }
        }
      }
      return sums
    }
    var sums = parts[0]
    for part in parts.dropFirst() { for index in sums.indices { sums[index] += part[index] } }
    var sizes = [Int](repeating: 0, count: count)
    for label in labels { sizes[label] += 1 }
    fillEmpty(&sums, &sizes, labels, centers)
    return Tensor([count, width]) { out in
      for center in 0..<count {
        for column in 0..<width {
          let index = center * width + column
          out[index] = Float(sums[index] / Double(max(1, sizes[center])))
        }
      }
    }
  }

  private func fillEmpty(
    _ sums: inout [Double], _ sizes: inout [Int], _ labels: [Int], _ centers: Tensor
  ) {
    let empty = sizes.indices.filter { sizes[$0] == 0 }
    guard !empty.isEmpty else { return }
    let distances = labels.indices.map {
      Tensor.squaredDistance(rows, $0, centers, labels[$0])
    }
    guard distances.contains(where: { $0 > 0 }) else { return }
    let farthest = distances.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }
    let width = rows.columns
    rows.withFloats { x in
      for (center, row) in zip(empty, farthest) {
        let old = labels[row]
        for column in 0..<width {
          let value = Double(x[row * width + column])
          sums[old * width + column] -= value
          sums[center * width + column] = value
        }
        sizes[old] -= 1
        sizes[center] = 1
      }
    }
  }

  private func squaredLengths(_ points: Tensor) -> [Float] {
    [Float](unsafeUninitializedCapacity: points.rows) {
      points.squaredLengths(0..<points.rows, into: $0)
      $1 = points.rows
    }
  }
}
