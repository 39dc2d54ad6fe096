package import Tensors

/// Vectors in groups of any number of rows: those of the tokens of each text, say.
package struct RaggedMatrix: Sendable {
  /// The rows of all groups, one group below the other.
  package let matrix: Matrix
  /// Where the rows of each group begin, and where the last one's end.
  private let starts: [Int]

  /// - Parameters:
  ///   - columns: E, the length of each vector
  ///   - groups: `[rows, E]` each, perhaps of no rows
  package init(columns: Int, _ groups: [Tensor]) {
    precondition(groups.allSatisfy { $0.columns == columns }, "rows of \(columns) numbers")
    starts = groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rows) }
    matrix = groups.isEmpty ? Matrix(columns: columns, []) : Matrix(Tensor.stacked(groups))
  }

  /// The number of groups.
  package var count: Int { starts.count - 1 }
  /// The rows of group `index`.
  package subscript(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }
}
