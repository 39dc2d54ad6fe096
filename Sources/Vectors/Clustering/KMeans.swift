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
      throw FileError("\(count) clusters of \(matrix.rows) rows: there are not so many rows")
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
