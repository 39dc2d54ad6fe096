package import Tensors

/// Vectors with mostly zeros, of which only the other numbers are stored: compressed sparse rows, as
/// in SciPy's `csr_matrix`.
package struct SparseMatrix: Sendable {
  /// The numbers of a row that are not 0, and their columns in rising order.
  package struct Row: Sendable, Equatable {
    package var indices: [Int32] = []
    package var values: [Float] = []
  }

  /// The length of each vector, its zeros included.
  package let columns: Int
  private let starts: [Int]
  private let indices: [Int32]
  private let values: [Float]

  package init(columns: Int, _ rows: [Row]) {
    self.columns = columns
    starts = rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.indices.count) }
    indices = rows.flatMap(\.indices)
    values = rows.flatMap(\.values)
  }

  /// The rows of a matrix without their zeros; a NaN stays.
  /// - Shapes: `[rows, columns]`
  package init(compressing dense: Tensor) {
    let columns = dense.columns
    self.init(
      columns: columns,
      dense.withFloats { x in
        (0..<dense.rows).map { index in
          var row = Row()
          for column in 0..<columns where x[index * columns + column] != 0 {
            row.indices.append(Int32(truncatingIfNeeded: column))
            row.values.append(x[index * columns + column])
          }
          return row
        }
      })
  }

  /// The number of vectors.
  package var rows: Int { starts.count - 1 }
  /// Row `index`.
  package subscript(_ index: Int) -> Row {
    var row = Row()
    row.indices = Array(indices[starts[index]..<starts[index + 1]])
    row.values = Array(values[starts[index]..<starts[index + 1]])
    return row
  }
}
