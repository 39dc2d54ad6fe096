package import ModelFiles
package import Tensors

/// TripletLoss of all triplets that a batch of texts with classes has, and of those with a loss the
/// mean (Hermans et al., 2017).
package struct BatchAllTripletLoss: Loss {
  package static let name = "BatchAllTripletLoss"
  package static let shortNames = ["batchall"]

  private enum Metric: String, CaseIterable, Sendable {
    case euclidean = "euclidean_distance"
    case cosine = "cosine_distance"
    /// As it was once written.
    case eucledian = "eucledian_distance"
  }

  private let metric: Metric
  private let margin: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    let named: Metric = try options.name("distance_metric", default: .euclidean)
    metric = named == .eucledian ? .euclidean : named
    margin = try options.number("margin", default: 5)
  }

  package var needs: LossNeeds {
    LossNeeds(columns: 1...1, labels: .classes, comparesRows: true, groupsByLabel: true)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("distance_metric", .string(metric.rawValue)), ("margin", .plain(margin))]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let units = metric == .cosine ? UnitRows(columns[0]) : nil
    let (sum, triplets, slopes) = BatchAllPass.sum(
      of: units?.rows ?? columns[0], labels.classes, margin: margin, isCosine: units != nil)
    let share = 1 / (Double(triplets) + BatchAllPass.least)
    let own = slopes.scaled(by: Float(share))
    return LossValue(value: sum * share, columns: [units?.derivative(own) ?? own])
  }
}

/// The sum over all triplets, some anchors at a time.
private struct BatchAllPass {
  /// Less than this is no loss, and not counted.
  static let least = 1e-16
  // 4 MB of slopes, one for each anchor and other row.
  private static let slopesAtOnce = 1 << 20

  private let rows: Tensor
  private let classes: [Int32]
  private let margin: Double
  private let isCosine: Bool
  private var sum = 0.0
  /// How many have a loss.
  private var triplets = 0
  /// Σ of the slopes by each row's distances, over those distances.
  private var totals: [Double]
  /// Σ of the same times the other row.
  private var others: [Float]

  private init(_ rows: Tensor, _ classes: [Int32], _ margin: Double, _ isCosine: Bool) {
    (self.rows, self.classes, self.margin, self.isCosine) = (rows, classes, margin, isCosine)
    totals = Array(repeating: 0, count: rows.rows)
    others = Array(repeating: 0, count: rows.count)
  }

  /// - Returns: the sum of all losses, how many are more than 0, the sum's derivatives `[B, E]`
  static func sum(
    of rows: Tensor, _ classes: [Int32], margin: Double, isCosine: Bool
  ) -> (sum: Double, triplets: Int, slopes: Tensor) {
    // Distances do not know of the mean; without it, differences of sums are exact.
    let mean = Tensor([rows.columns], rows.columnMeans().map { -Float($0) })
    var pass = BatchAllPass(
      isCosine ? rows : rows.adding(toEachRow: mean), classes, margin, isCosine)
    let block = max(1, slopesAtOnce / max(1, classes.count))
    for start in stride(from: 0, to: classes.count, by: block) {
      pass.take(start..<min(start + block, classes.count))
    }
    // Of d = ‖a − b‖, (a − b)/d; of 1 − a·b, −b.
    let slopes = pass.rows.scaledRows(by: pass.totals.map { isCosine ? 0 : Float($0) })
      .adding(Tensor(rows.shape, pass.others).scaled(by: -1))
    return (pass.sum, pass.triplets, slopes)
  }

  private mutating func take(_ anchors: Range<Int>) {
    let slopes = Tensor([anchors.count, classes.count]) { out in
      out.update(repeating: 0)
      for (index, anchor) in anchors.enumerated() {
        let first = index * classes.count
        take(anchor, UnsafeMutableBufferPointer(rebasing: out[first..<first + classes.count]))
      }
    }
    let (start, columns) = (anchors.lowerBound * rows.columns, rows.columns)
    let part = rows.rows(anchors)
    others.withUnsafeMutableBufferPointer { others in
      Tensor.multiply(slopes, part, transposedLeft: true, adding: true, into: others)
      let own = others[start..<start + anchors.count * columns]
      Tensor.multiply(slopes, rows, adding: true, into: UnsafeMutableBufferPointer(rebasing: own))
    }
  }

  /// The triplets of an anchor. Its negatives are sorted, so that those that are too near for a
  /// positive are the first of them.
  private mutating func take(_ anchor: Int, _ slopes: UnsafeMutableBufferPointer<Float>) {
    let distances = classes.indices.map { distance(anchor, $0) }
    let positives = classes.indices.filter { $0 != anchor && classes[$0] == classes[anchor] }
    guard !positives.isEmpty else { return }
    let negatives = classes.indices.filter { classes[$0] != classes[anchor] }
      .sorted { (distances[$0], $0) < (distances[$1], $1) }
    var sums = [0.0]
    for negative in negatives { sums.append(sums[sums.count - 1] + distances[negative]) }
    // How many triplets end with each run of the nearest negatives.
    var ends = [Int](repeating: 0, count: negatives.count + 1)
    func add(_ slope: Double, _ other: Int) {
      guard isCosine || distances[other] != 0 else { return }
      let slope = isCosine ? slope : slope / distances[other]
      slopes[other] = Float(slope)
      totals[anchor] += slope
      totals[other] += slope
    }
    for positive in positives {
      let reach = distances[positive] + margin
      let count = negatives.partitioningIndex { !(reach - distances[$0] > Self.least) }
      sum += Double(count) * reach - sums[count]
      triplets += count
      ends[count] += 1
      add(Double(count), positive)
    }
    var reached = 0
    for place in negatives.indices.reversed() {
      reached += ends[place + 1]
      add(-Double(reached), negatives[place])
    }
  }

  private func distance(_ a: Int, _ b: Int) -> Double {
    isCosine
      ? 1 - Double(Tensor.dot(rows, a, rows, b))
      : Double(Tensor.squaredDistance(rows, a, rows, b)).squareRoot()
  }
}

extension [Int] {
  /// The first place from which on `isLate` holds; it must hold for all after the first.
  fileprivate func partitioningIndex(_ isLate: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isLate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
