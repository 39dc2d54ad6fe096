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

  /// From `count` centers that are drawn from the rows with a seed.
  package init(
    _ matrix: Matrix, count: Int, seed: UInt64 = 0, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard count <= matrix.rows else {
      throw FileError("\(count) clusters of \(matrix.rows) rows: there are not so many rows")
    }
    let rows = RowsAndCenters(matrix.tensor, threads: threads, cancelled: cancelled)
    var drawing = CenterDrawing(rows, seed: seed)
    try self.init(rows, from: try drawing.centers(count))
  }

  /// From given centers.
  package init(
    _ matrix: Matrix, from centers: Matrix, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let rows = RowsAndCenters(matrix.tensor, threads: threads, cancelled: cancelled)
    try self.init(rows, from: centers.tensor)
  }

  private init(_ rows: RowsAndCenters, from start: Tensor) throws {
    var centers = start
    var labels: [Int] = []
    var iterations = 0
    let tolerated = Self.tolerance * rows.meanVariance
    while iterations < Self.mostIterations {
      iterations += 1
      let before = labels
      let next: Tensor
      labels = try rows.labels(by: centers)
      next = try rows.means(of: labels, centers)
      let shift = (0..<centers.rows).reduce(0.0) {
        $0 + Double(Tensor.squaredDistance(centers, $1, next, $1))
      }
      centers = next
      if labels == before { break }
      if shift <= tolerated || iterations == Self.mostIterations {
        // The labels must be those of the last centers.
        labels = try rows.labels(by: centers)
        break
      }
    }
    inertia = labels.indices.reduce(0.0) {
      $0 + Double(Tensor.squaredDistance(rows.rows, $1, centers, labels[$1]))
    }
    (self.labels, self.centers, self.iterations) = (labels, Matrix(centers), iterations)
  }
}
