import CLAPACKE
import ModelFiles
import Tensors

/// The directions of the largest variance, as scikit-learn 1.9.1's `PCA` has them.
package struct PrincipalComponents: Sendable {
  /// The mean of the vectors it was made from.
  package let mean: [Float]
  /// Directions of length 1, the one of the largest variance first; of each, the number of the
  /// largest magnitude is positive.
  /// - Shapes: `[count, E]`
  package let components: Matrix
  /// The variance along each direction (over n − 1).
  package let variance: [Double]
  /// The share of each direction in the variance of all.
  package let varianceRatio: [Double]

  // 2 GiB of doubles; LAPACK takes several times as much.
  private static let mostDecomposed = 1 << 28

  /// - Parameter count: at most the rows and the columns
  /// - Throws: without LAPACKE, and for fewer than two rows.
  package init(_ matrix: Matrix, count: Int, threads: Int) throws {
    guard matrix.rows >= 2, count >= 1, count <= min(matrix.rows, matrix.columns) else {
      throw FileError(
        "\(count) principal components of \(matrix.rows) vectors of \(matrix.columns) numbers; "
          + "there are at most as many as vectors and as numbers, and two vectors at least")
    }
    let decomposed = matrix.columns.multipliedReportingOverflow(
      by: min(matrix.rows, matrix.columns))
    guard !decomposed.overflow, decomposed.partialValue <= Self.mostDecomposed else {
      throw FileError(
        "principal components of \(matrix.rows) vectors of \(matrix.columns) numbers: these are too "
          + "many numbers each; give vectors of \(1 << 14) at most")
    }
    try Self.checkLibrary()
    try Self.checkMemory(matrix, threads: threads)
    let mean = matrix.tensor.columnMeans()
    let found =
      try matrix.rows < matrix.columns
      ? Self.ofFewRows(matrix, mean) : Self.ofCovariance(matrix, mean, threads: threads)
    let total = found.variances.reduce(0, +)
    self.mean = mean.map(Float.init)
    variance = Array(found.variances.prefix(count))
    varianceRatio = variance.map { total > 0 ? $0 / total : 0 }
    components = Self.positive(found.vectors.prefix(count * matrix.columns), matrix.columns)
  }

  /// Throws if there is no LAPACKE: for a check before long work.
  package static func checkLibrary() throws {
    if let problem { throw FileError(problem) }
  }

  /// Why the library cannot be opened; it is opened once.
  private static let problem: String? = {
    var message = [CChar](repeating: 0, count: Int(CL_MESSAGE))
    guard cl_open(&message) != 0 else { return nil }
    return String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// Holds the matrices and LAPACK's workspaces against what may be taken, all of doubles: dsyevd's is
  /// 2 E², dgesdd's n E + 5 n².
  private static func checkMemory(_ matrix: Matrix, threads: Int) throws {
    let (rows, columns) = (matrix.rows, matrix.columns)
    let what = "finding principal components of \(rows) vectors of \(columns) numbers"
    if rows < columns {
      try MemoryBound.check(rows, columns, 24, for: what)
      try MemoryBound.check(rows, rows, 48, for: what)
    } else {
      // The sums of each thread's block are in float32.
      try MemoryBound.check(columns, columns, max(32, 16 + 4 * threads), for: what)
    }
  }

  /// The eigenvectors of the covariance.
  private static func ofCovariance(
    _ matrix: Matrix, _ mean: [Double], threads: Int
  ) throws -> (variances: [Double], vectors: [Double]) {
    let width = matrix.columns
    var vectors = try matrix.tensor.covarianceSums(around: mean, threads: threads)
      .map { $0 / Double(matrix.rows - 1) }
    var values = [Double](repeating: 0, count: width)
    try check(cl_symmetric_eigenvectors(&vectors, &values, Int32(width)), "dsyevd")
    // LAPACK has the smallest first; rounding may make it negative.
    let reversed = stride(from: width - 1, through: 0, by: -1).flatMap { row in
      vectors[row * width..<(row + 1) * width]
    }
    return (values.reversed().map { max(0, $0) }, reversed)
  }

  /// The singular vectors of the rows less their mean: a smaller problem than the covariance.
  private static func ofFewRows(
    _ matrix: Matrix, _ mean: [Double]
  ) throws -> (variances: [Double], vectors: [Double]) {
    var vectors = (0..<matrix.rows).flatMap { row in
      matrix.withRow(row) { x in zip(x, mean).map { Double($0) - $1 } }
    }
    var values = [Double](repeating: 0, count: matrix.rows)
    var scratch = [Double](repeating: 0, count: matrix.rows * matrix.rows)
    try check(
      cl_singular_vectors(
        &vectors, &values, &scratch, Int32(matrix.rows), Int32(matrix.columns)), "dgesdd")
    return (values.map { $0 * $0 / Double(matrix.rows - 1) }, vectors)
  }

  private static func check(_ code: Int32, _ function: String) throws {
    guard code == 0 else {
      throw FileError("principal components: LAPACK's \(function) failed with \(code)")
    }
  }

  /// Gives each direction scikit-learn's sign: its number of the largest magnitude is positive.
  private static func positive(_ vectors: ArraySlice<Double>, _ width: Int) -> Matrix {
    let vectors = Array(vectors)
    let rows = stride(from: 0, to: vectors.count, by: width).flatMap { start in
      let row = vectors[start..<start + width]
      // The first of equal ones.
      let largest = row.reduce(0.0) { abs($1) > abs($0) ? $1 : $0 }
      return row.map { Float(largest < 0 ? -$0 : $0) }
    }
    return Matrix(columns: width, rows)
  }
}

extension PrincipalComponents {
  /// Projects vectors, less the mean, on the directions; each direction's variance is 1 if `whitened`.
  /// - Shapes: `[n, E]` → `[n, count]`
  package func callAsFunction(_ matrix: Matrix, whitened: Bool = false) -> Matrix {
    let (width, offsets, scales) = (components.rows, offsets, scales(whitened: whitened))
    return Matrix(
      Tensor([matrix.rows, width]) { out in
        matrix.tensor.products(with: components.tensor, rows: 0..<width, into: out)
        for index in out.indices {
          out[index] = (out[index] - Float(offsets[index % width])) * scales[index % width]
        }
      })
  }

  /// Projects vectors as they are on the directions, as sentence-transformers' example
  /// model_distillation.py shortens a teacher's by a Dense of `components_` without a bias.
  /// - Shapes: `[n, E]` → `[n, count]`
  package func projections(of matrix: Matrix) -> Matrix {
    let width = components.rows
    return Matrix(
      Tensor([matrix.rows, width]) { out in
        matrix.tensor.products(with: components.tensor, rows: 0..<width, into: out)
      })
  }

  /// The same as a linear layer: weight · x + bias.
  /// - Shapes: `[count, E]`, count
  package func layer(whitened: Bool = false) -> (weight: Matrix, bias: [Float]) {
    let (width, scales) = (components.columns, scales(whitened: whitened))
    let weight = components.tensor.elements.enumerated().map { $1 * scales[$0 / width] }
    return (Matrix(columns: width, weight), zip(offsets, scales).map { -Float($0) * $1 })
  }

  /// The mean's coordinate along each direction.
  private var offsets: [Double] {
    (0..<components.rows).map { row in
      components.withRow(row) { zip($0, mean).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
    }
  }

  /// The factor of each direction: 1, or one over its standard deviation.
  package func scales(whitened: Bool) -> [Float] {
    variance.map { whitened ? Float(1 / max($0.squareRoot(), Double(Float.ulpOfOne))) : 1 }
  }
}
