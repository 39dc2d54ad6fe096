import Embeddings
import Tensors
import Vectors

// What commands ask of a model's results, whatever form these have.
extension Results {
  // Sums of numbers that are close stay close, which a list of the terms that are not 0 would not.
  private static let folds = 64

  /// Some numbers that tell what the first text was given, and change little where that does: the
  /// vector; the mean of the tokens' vectors; the sums of a sparse vector's numbers whose indices
  /// have the same last bits.
  var probe: [Float] {
    switch self {
    case .rows(let matrix): return matrix[0]
    case .ragged(let groups):
      var sums = [Float](repeating: 0, count: groups.columns)
      for row in groups[0] {
        groups.matrix.withRow(row) { for (column, x) in $0.enumerated() { sums[column] += x } }
      }
      return sums.map { $0 / Float(max(1, groups[0].count)) }
    case .sparse(let matrix):
      var sums = [Float](repeating: 0, count: Self.folds)
      let row = matrix[0]
      for (index, value) in zip(row.indices, row.values) {
        sums[Int(index) & (Self.folds - 1)] += value
      }
      return sums
    }
  }

  /// The numbers in a vector.
  var columns: Int {
    switch self {
    case .rows(let matrix): matrix.columns
    case .ragged(let groups): groups.columns
    case .sparse(let matrix): matrix.columns
    }
  }

  /// The numbers that are stored.
  var numberCount: Int {
    switch self {
    case .rows(let matrix): matrix.rows * matrix.columns
    case .ragged(let groups): groups.matrix.rows * groups.columns
    case .sparse(let matrix): matrix.count
    }
  }

  /// Parts one below the other, all of one kind.
  init(joining parts: [Results], columns: Int, _ kind: ModelKind) {
    switch kind {
    case .dense, .rerank:
      let parts = parts.compactMap { if case .rows(let part) = $0 { part.tensor } else { nil } }
      self = .rows(parts.isEmpty ? Matrix(columns: columns, []) : Matrix(Tensor.stacked(parts)))
    case .multi:
      self = .ragged(
        RaggedMatrix(
          columns: columns,
          joining: parts.compactMap { if case .ragged(let part) = $0 { part } else { nil } }))
    case .sparse:
      self = .sparse(
        SparseMatrix(
          columns: columns,
          joining: parts.compactMap { if case .sparse(let part) = $0 { part } else { nil } }))
    }
  }
}
