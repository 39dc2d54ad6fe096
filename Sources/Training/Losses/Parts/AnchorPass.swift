import ModelFiles
import Tensors

/// A sum over the rows of a batch, each once the anchor whose distances from all rows say what is
/// to be added; and the way back. Some anchors are taken at a time, so that batches of many
/// thousands fit.
struct AnchorPass {
  /// By the names of `BatchHardTripletLossDistanceFunction`.
  enum Metric: String, CaseIterable, Sendable {
    case euclidean = "euclidean_distance"
    case cosine = "cosine_distance"
    /// As it was once written.
    case eucledian = "eucledian_distance"

    init(_ options: JSON) throws {
      let named: Metric = try options.name("distance_metric", default: .euclidean)
      self = named == .eucledian ? .euclidean : named
    }

    var parameter: (name: String, value: JSONValue) { ("distance_metric", .string(rawValue)) }
  }

  /// What an anchor adds to the sum, given its distances from all rows, itself included. The
  /// derivatives by those are added to `slopes`, which are 0 before.
  typealias Term = (_ anchor: Int, _ distances: [Double], _ slopes: inout [Double]) -> Double

  // 4 MB of slopes, one for each anchor and other row.
  private static let slopesAtOnce = 1 << 20

  private let rows: Tensor
  private let isCosine: Bool
  private var sum = 0.0
  /// Σ of the slopes by each row's distances, over those distances.
  private var totals: [Double]
  /// Σ of the same times the other row.
  private var others: [Float]

  private init(_ rows: Tensor, isCosine: Bool) {
    (self.rows, self.isCosine) = (rows, isCosine)
    totals = Array(repeating: 0, count: rows.rows)
    others = Array(repeating: 0, count: rows.count)
  }

  /// - Returns: the sum, and its derivatives `[B, E]`
  static func sum(
    of rows: Tensor, _ metric: Metric, _ term: Term
  ) -> (sum: Double, slopes: Tensor) {
    guard metric != .cosine else {
      let units = UnitRows(rows)
      var pass = AnchorPass(units.rows, isCosine: true)
      pass.take(term)
      // Of 1 − a·b, −b.
      return (pass.sum, units.derivative(Tensor(rows.shape, pass.others).scaled(by: -1)))
    }
    // Distances do not know of the mean; without it, differences of sums are exact.
    let mean = Tensor([rows.columns], rows.columnMeans().map { -Float($0) })
    var pass = AnchorPass(rows.adding(toEachRow: mean), isCosine: false)
    pass.take(term)
    // Of d = ‖a − b‖, (a − b)/d.
    let slopes = pass.rows.scaledRows(by: pass.totals.map { Float($0) })
      .adding(Tensor(rows.shape, pass.others).scaled(by: -1))
    return (pass.sum, slopes)
  }

  private mutating func take(_ term: Term) {
    let count = rows.rows
    let block = max(1, Self.slopesAtOnce / max(1, count))
    for start in stride(from: 0, to: count, by: block) {
      take(start..<min(start + block, count), term)
    }
  }

  private mutating func take(_ anchors: Range<Int>, _ term: Term) {
    let count = rows.rows
    var found = [Double](repeating: 0, count: count)
    let slopes = Tensor([anchors.count, count]) { out in
      for (index, anchor) in anchors.enumerated() {
        let distances = (0..<count).map { distance(anchor, $0) }
        for other in found.indices { found[other] = 0 }
        sum += term(anchor, distances, &found)
        for other in found.indices {
          let slope = self.slope(found[other], at: distances[other])
          out[index * count + other] = Float(slope)
          totals[anchor] += slope
          totals[other] += slope
        }
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

  /// Over the distance, where that is one: there is no way back from 0.
  private func slope(_ slope: Double, at distance: Double) -> Double {
    isCosine ? slope : slope == 0 || distance == 0 ? 0 : slope / distance
  }

  private func distance(_ a: Int, _ b: Int) -> Double {
    isCosine
      ? 1 - Double(Tensor.dot(rows, a, rows, b))
      : Double(Tensor.squaredDistance(rows, a, rows, b)).squareRoot()
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first place from which on `isLate` holds; it must hold for all after the first.
  func partitioningIndex(_ isLate: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isLate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
