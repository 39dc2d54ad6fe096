package import Tensors

/// Vectors with mostly zeros, of which only the other numbers are stored: compressed sparse rows, as
/// in SciPy's `csr_matrix`.
public struct SparseMatrix: Sendable {
  /// The numbers of a row that are not 0, and their columns in rising order.
  public struct Row: Sendable, Equatable {
    /// The columns, each once, in rising order.
    public var indices: [Int32]
    /// The number in each of these columns.
    public var values: [Float]

    /// - Precondition: there are as many columns as numbers, and the columns rise.
    public init(indices: [Int32] = [], values: [Float] = []) {
      precondition(
        indices.count == values.count, "\(indices.count) columns, \(values.count) numbers")
      precondition(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }, "columns do not rise")
      (self.indices, self.values) = (indices, values)
    }
  }

  /// The length of each vector, its zeros included.
  public let columns: Int
  /// Where the numbers of each row begin, and where the last one's end.
  let starts: [Int]
  let indices: [Int32]
  let values: [Float]

  /// - Precondition: all columns that rows name are from 0 to `columns` − 1.
  public init(columns: Int, _ rows: [Row]) {
    self.init(
      columns: columns, starts: rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
      indices: rows.flatMap(\.indices), values: rows.flatMap(\.values))
    precondition(
      rows.allSatisfy { ($0.indices.first ?? 0) >= 0 && ($0.indices.last ?? -1) < columns },
      "a column outside of \(columns)")
  }

  init(columns: Int, starts: [Int], indices: [Int32], values: [Float]) {
    (self.columns, self.starts, self.indices, self.values) = (columns, starts, indices, values)
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

  /// Parts, one below the other.
  /// - Precondition: each has so many columns.
  package init(columns: Int, joining parts: [SparseMatrix]) {
    precondition(parts.allSatisfy { $0.columns == columns }, "parts should have \(columns) columns")
    var starts = [0]
    starts.reserveCapacity(parts.reduce(1) { $0 + $1.rows })
    for part in parts {
      let before = starts[starts.count - 1]
      starts += part.starts.dropFirst().lazy.map { before + $0 }
    }
    self.init(
      columns: columns, starts: starts, indices: parts.flatMap(\.indices),
      values: parts.flatMap(\.values))
  }

  /// The number of vectors.
  public var rows: Int { starts.count - 1 }
  /// The numbers that are stored, of all rows.
  public var count: Int { values.count }

  /// Row `index`.
  public subscript(_ index: Int) -> Row {
    let range = starts[index]..<starts[index + 1]
    var row = Row()
    row.indices = Array(indices[range])
    row.values = Array(values[range])
    return row
  }

  /// Some of the rows, in any order and as often as they are named.
  package func picked(_ rows: some Sequence<Int>) -> SparseMatrix {
    SparseMatrix(columns: columns, rows.map { self[$0] })
  }
}

extension SparseMatrix.Row {
  /// How many numbers are stored.
  package var count: Int { values.count }

  /// The `most` largest by magnitude, of equals the first; zeros are left out.
  package func mostActive(_ most: Int) -> Self {
    let active = values.indices.filter { values[$0] != 0 }
    guard active.count > most || active.count < count else { return self }
    let kept = active.sorted { (-values[$0].magnitude, $0) < (-values[$1].magnitude, $1) }
      .prefix(max(0, most)).sorted()
    return Self(indices: kept.map { indices[$0] }, values: kept.map { values[$0] })
  }
}
